import type { Job } from 'kubernetes-types/batch/v1.js'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import type { PlanStatus } from './plan-status.ts'

/** A change of a node in one patch; what is absent stays as it is, `null` removes. */
export interface NodePatch {
  readonly unschedulable?: boolean
  readonly labels?: Readonly<Record<string, string>>
  readonly journal?: string | null
}

/** One thing that a shell has to do. */
export type PlanAction =
  | { readonly kind: 'PatchNode'; readonly node: string; readonly patch: NodePatch }
  | { readonly kind: 'CreateJob'; readonly node: string; readonly job: Job }
  | { readonly kind: 'StartJob'; readonly name: string }
  /** `null` takes the deadline away. */
  | { readonly kind: 'SetDeadline'; readonly name: string; readonly seconds: number | null }
  /** `waitsForPods`: the Job stays, as one that is being deleted, until its pods have gone. */
  | { readonly kind: 'DeleteJob'; readonly name: string; readonly uid: string; readonly waitsForPods?: true }
  | { readonly kind: 'ReadFailure'; readonly jobName: string; readonly jobUid: string }
  | { readonly kind: 'EvictPod'; readonly node: string; readonly pod: PodFacts; readonly gracePeriodSeconds?: number }
  | { readonly kind: 'DeletePod'; readonly node: string; readonly pod: PodFacts; readonly gracePeriodSeconds?: number }

/** Actions in order: the first that fails ends its list; different lists do not wait for one another. */
export type PlanActions = readonly PlanAction[]

export interface PlanEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/** When and how to ask a channel next. */
export interface ChannelPoll {
  readonly atMs: number
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** What follows from the facts. The status is written first, then the lists of actions are carried out. */
export interface PlanDecision {
  readonly status: PlanStatus
  readonly actions: readonly PlanActions[]
  readonly events: readonly PlanEvent[]
  readonly poll?: ChannelPoll
  /** Value of the Plan's annotation `falkirk.dev/drain-status`; `null`: it has none. */
  readonly drainStatus: string | null
  /** Nodes whose pods and volumes have to be watched for a drain by the controller. */
  readonly drainNodes: readonly string[]
  /** PersistentVolumes whose claims have to be known for the next decision; VolumeAttachments are watched while there are `drainNodes`. */
  readonly lookUp: readonly string[]
  /** Epoch milliseconds: decide again then, even if nothing changes. */
  readonly wakeAtMs?: number
}
