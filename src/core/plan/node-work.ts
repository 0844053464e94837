import type { DrainDecision } from '../drain/decide-drain.ts'
import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { ContainerFacts, PodFacts } from '../kubernetes/pod-facts.ts'
import type { KubernetesVersion } from '../version/kubernetes-version.ts'
import { isStuck } from './failure-message.ts'
import type { Journal, JournalEntry } from './journal.ts'
import { parseJournal } from './journal.ts'
import type { PlanAction, PlanActions, PlanEvent } from './plan-decision.ts'
import type { PlanFacts } from './plan-facts.ts'
import type { PlanOptions } from './plan-options.ts'

/** What all decisions about the nodes of one Plan share. */
export interface PlanContext {
  readonly facts: PlanFacts
  readonly options: PlanOptions
  readonly latestVersion: string
  readonly latestHash: string
  /** Valid and resolved: new work may begin. */
  readonly usable: boolean
  /** Set when the Plan changes the version of Kubernetes. */
  readonly target: KubernetesVersion | undefined
  /** The nodes that the Plan selects, done or not, by name. */
  readonly selected: ReadonlyMap<string, NodeFacts>
  readonly isDone: (node: NodeFacts) => boolean
  /** Whether another node of the cluster has the same first DNS label in its name. */
  readonly sharesFirstLabel: (nodeName: string) => boolean
  /** `namespace/name`. */
  readonly planKey: string
  readonly nowMs: number
}

/** One node in progress and what belongs to it. */
export interface NodeAtWork {
  readonly node: NodeFacts
  /** Still selected and not done: a node that is neither only has its last Job ended. */
  readonly wanted: boolean
  readonly jobs: readonly JobFacts[]
  readonly journal: Journal
  readonly entry: JournalEntry | undefined
  /** The journal cannot be read: the node's scheduling state is left alone. */
  readonly journalUnreadable: boolean
}

/** What a node in progress comes to, and what has to be done for it now. */
export interface NodeWork {
  /** `Left`: nothing more to do here, the slot is free. */
  readonly kind: 'Working' | 'Waiting' | 'Failed' | 'Blocked' | 'Left'
  readonly reason?: 'JobFailed' | 'NotReached' | 'DrainFailed' | 'Draining' | 'Retrying' | 'Blocked' | 'Refused'
  /** One sentence for the condition; absent while everything goes as usual. */
  readonly message?: string
  readonly actions: PlanActions
  /** Evictions and deletions of pods: none of them waits for another. */
  readonly evictions?: readonly PlanAction[]
  readonly events: readonly PlanEvent[]
  readonly wakeAtMs?: number
  /** The node's pods have to be watched. */
  readonly drains?: boolean
  /** How far a drain by the controller has come, pod by pod. */
  readonly drain?: Extract<DrainDecision, { kind: 'Work' }>
  /** What is still attached to a node that is drained already: one clause. */
  readonly detaching?: string
  /** PersistentVolumes whose claims have to be known for the next decision. */
  readonly lookUp?: readonly string[]
}

export function working(actions: PlanActions = [], more: Partial<NodeWork> = {}): NodeWork {
  return { kind: 'Working', actions, events: [], ...more }
}

/** Label on a Job that only prepares a node whose drain the controller does itself. */
export const stageLabel = 'falkirk.dev/stage'

export function nodeAtWork(node: NodeFacts, wanted: boolean, jobs: readonly JobFacts[], planKey: string): NodeAtWork {
  const read = parseJournal(node.journal)
  const journal = read.kind === 'Journal' ? read.entries : []
  return { node, wanted, jobs, journal, entry: journal.find((e) => e.plan === planKey), journalUnreadable: read.kind === 'Unreadable' }
}

/** A Job that was made for another version or hash than the Plan now means. */
export function isOutdated(job: JobFacts, context: Pick<PlanContext, 'latestHash' | 'facts'>): boolean {
  return job.labels[`plan.upgrade.cattle.io/${context.facts.plan.metadata.name}`] !== context.latestHash
}

/**
 * Whether the Job's upgrade container is at work on the node, may be so by now, or has done its work: until then, and between two tries of
 * the Job, it can be replaced without harm. What runs before it does not count: a `prepare` may wait for a version that nobody wants any
 * more, and a cordon stands in the journal. Where pods may not be seen, an active Job counts as begun.
 */
export function hasBegun(job: JobFacts, facts: PlanFacts): boolean {
  if (job.labels[stageLabel] !== undefined) return false
  if (job.succeeded > 0) return true
  if (job.active === 0) return false
  return facts.podsByJob === undefined || (facts.podsByJob.get(job.name) ?? []).some(upgradeHasBegun)
}

function upgradeHasBegun({ containers }: PodFacts): boolean {
  // a kubelet says that a container runs a little after it does
  const prepared = containers.every((c) => !c.init || hasEndedWell(c))
  return containers.some((c) => !c.init && (c.state === 'Running' || hasEndedWell(c) || (c.state === 'Waiting' && prepared && !isStuck(c))))
}

function hasEndedWell(container: ContainerFacts): boolean {
  return container.state === 'Terminated' && container.exitCode === 0
}

export function deleteJob(job: JobFacts): PlanAction {
  return { kind: 'DeleteJob', name: job.name, uid: job.uid }
}
