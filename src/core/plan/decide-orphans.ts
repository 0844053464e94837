import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { nodeOf } from './job-node.ts'
import { formatJournal, mayUncordon, parseJournal, withoutEntry } from './journal.ts'
import type { PlanAction } from './plan-decision.ts'

/** What is left over of Plans that are gone. */
export interface OrphanFacts {
  /** UIDs of the Plans that exist, by `namespace/name`. */
  readonly planUids: ReadonlyMap<string, string>
  /** Nodes that have a journal. */
  readonly nodes: readonly NodeFacts[]
  /** All Jobs that carry this controller's label. */
  readonly jobs: readonly JobFacts[]
  /** Those that carry this controller's label; absent when pods may not be seen. */
  readonly pods?: readonly PodFacts[]
  readonly namespace: string
}

/**
 * Decides what is cleared away after Plans were deleted: Jobs without a Plan go, and once a node's Job and its pods have gone, what the Plan
 * had cordoned is made schedulable again: a pod that is told to end may still be about to cordon. No finalizer holds a Plan for this, so that a Plan can be deleted while no controller runs.
 */
export function decideOrphans(facts: OrphanFacts): readonly PlanAction[] {
  const jobs = facts.jobs.filter((j) => isOrphan(j, facts))
  const deletions: PlanAction[] = jobs.filter((j) => !j.deleting).map((j) => ({ kind: 'DeleteJob', name: j.name, uid: j.uid }))
  const busy = new Set(jobs.filter((j) => j.end === undefined).map((j) => `${nodeOf(j)} ${planOf(j)}`))
  for (const pod of facts.pods ?? []) if (isAtWork(pod)) busy.add(`${pod.nodeName} ${planOf(pod)}`)
  return [...deletions, ...facts.nodes.flatMap((node) => restore(node, facts, busy))]
}

function planOf({ namespace, labels }: Pick<JobFacts, 'namespace' | 'labels'>): string {
  return `${namespace}/${labels['upgrade.cattle.io/plan'] ?? ''}`
}

function isAtWork({ phase }: PodFacts): boolean {
  return phase !== 'Succeeded' && phase !== 'Failed'
}

function isOrphan(job: JobFacts, facts: OrphanFacts): boolean {
  if (job.labels['upgrade.cattle.io/plan'] === undefined || job.labels['upgrade.cattle.io/version'] === undefined) return true
  const uid = facts.planUids.get(planOf(job))
  return uid === undefined || (job.ownerUid !== '' && job.ownerUid !== uid)
}

function restore(node: NodeFacts, facts: OrphanFacts, busy: ReadonlySet<string>): readonly PlanAction[] {
  const read = parseJournal(node.journal)
  if (read.kind === 'Unreadable') return []
  const gone = read.entries.find(
    (e) => e.plan.startsWith(`${facts.namespace}/`) && facts.planUids.get(e.plan) !== e.planUid && !busy.has(`${node.name} ${e.plan}`),
  )
  if (gone === undefined) return []
  const journal = formatJournal(withoutEntry(read.entries, gone.plan))
  // whether the node is seen cordoned by now or not: its Job may have been faster than its watch
  const uncordon = mayUncordon(read.entries, gone.plan) ? { unschedulable: false } : {}
  return [{ kind: 'PatchNode', node: node.name, patch: { ...uncordon, journal } }]
}
