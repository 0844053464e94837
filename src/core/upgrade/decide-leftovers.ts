import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { runLabel } from '../kubernetes/run-label.ts'
import { jobNodeAnnotation, jobStepLabel } from './jobs/upgrade-job.ts'
import { giveBack } from './node/after-failure.ts'
import { isReached } from './node/node-goal.ts'
import { type NodeAtWork, patchNode } from './node/node-turn.ts'
import { changeTimeoutMs } from './node/step-work.ts'
import { softTaintRun, withoutSoftTaint } from './pods/soft-taint.ts'
import { mostAtOnce } from './pods/steer-pods.ts'
import { parseRunEntry } from './run-journal.ts'
import type { UpgradeAction } from './upgrade-decision.ts'

/** What is left over of ClusterUpgrades and nodes that are gone. */
export interface LeftoverFacts {
  /** UIDs of the ClusterUpgrades that exist. */
  readonly runs: ReadonlySet<string>
  /** UIDs of those that can be read and have not ended: they look after their soft taints themselves. */
  readonly going: ReadonlySet<string>
  /** Those that bear a mark; others may be among them. */
  readonly nodes: readonly NodeFacts[]
  /** Whether there is a node of that name. */
  readonly hasNode: (name: string) => boolean
  /** Jobs that have not ended, and all of runs that are gone. */
  readonly jobs: readonly JobFacts[]
}

/**
 * Decides what is cleared away after a ClusterUpgrade was deleted: a node that is being changed keeps its mark and its cordon until its Job has
 * ended, an hour at the most; all others are given back at once. Jobs that wait for a node that is gone go too. No finalizer holds a ClusterUpgrade
 * for this, so that it can be deleted while no controller runs.
 */
export function decideLeftovers(facts: LeftoverFacts, nowMs: number): readonly (readonly UpgradeAction[])[] {
  const stranded = facts.jobs.filter((job) => job.end === undefined && !job.deleting && !facts.hasNode(nodeOf(job)))
  const given = facts.nodes.flatMap((node) => {
    const read = parseRunEntry(node.run)
    if (read.kind !== 'Entry' || facts.runs.has(read.entry.run)) return []
    const { entry } = read
    const jobs = facts.jobs.filter((job) => job.labels[runLabel] === entry.run && nodeOf(job) === node.name)
    const isLate = nowMs >= Date.parse(entry.since) + changeTimeoutMs
    const isBusy = jobs.some(isChanging) || isHostChanging({ node, entry })
    return isBusy && !isLate ? [] : [giveBack({ node, entry, jobs }).actions]
  })
  const stopped = stranded.map((job) => [{ kind: 'DeleteJob', node: nodeOf(job), name: job.name, uid: job.uid } as const])
  const patched = new Set(given.flat().map(({ node }) => node))
  const freed = facts.nodes.filter((node) => isLeftTainted(node, facts.going) && !patched.has(node.name)).slice(0, mostAtOnce)
  return [...stopped, ...given, ...freed.map((node) => [patchNode({ node }, withoutSoftTaint(node))])]
}

/** UID of the run that a node bears an entry of and that is gone; undefined where there is none. */
export function leftRun({ run }: Pick<NodeFacts, 'run'>, runs: ReadonlySet<string>): string | undefined {
  const read = parseRunEntry(run)
  return read.kind === 'Entry' && !runs.has(read.entry.run) ? read.entry.run : undefined
}

/** Whether a node bears a soft taint that no run will take away. */
function isLeftTainted(node: NodeFacts, going: ReadonlySet<string>): boolean {
  const run = node.taints === undefined ? undefined : softTaintRun(node)
  return run !== undefined && !going.has(run)
}

function nodeOf({ annotations }: JobFacts): string {
  return annotations[jobNodeAnnotation] ?? ''
}

function isChanging({ labels, end, deleting }: JobFacts): boolean {
  return labels[jobStepLabel] === 'Change' && end === undefined && !deleting
}

/** What goes on there goes on without us: it has ended when the kubelet says so; of packages none says anything. */
function isHostChanging({ node, entry }: Pick<NodeAtWork, 'node' | 'entry'>): boolean {
  const isTold = entry.os === undefined && node.ready && isReached({ node, entry })
  return entry.via === 'SSH' && entry.step === 'Changing' && !isTold
}
