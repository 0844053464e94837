import type { Job } from 'kubernetes-types/batch/v1.js'
import type { NodeTaint } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import type { HostOrder } from '../recipe/host-order.ts'
import type { ClusterUpgradeStatus } from './api/upgrade-status.ts'
import type { CanaryOrder } from './health/canary.ts'
import type { RunEntry } from './run-journal.ts'

/** A change of a node in one patch; what is absent stays as it is, `null` removes. */
export interface RunPatch {
  readonly unschedulable?: boolean
  readonly entry?: RunEntry | null
  readonly labels?: Readonly<Record<string, string | null>>
  /** All taints that the node has from now on. */
  readonly taints?: readonly NodeTaint[]
  /** What stands in annotation `falkirk.dev/os` from now on. */
  readonly osNote?: string
}

/** One thing that a shell has to do. */
export type UpgradeAction =
  | { readonly kind: 'PatchNode'; readonly node: string; readonly patch: RunPatch }
  | { readonly kind: 'CreateJob'; readonly node: string; readonly job: Job }
  | { readonly kind: 'DeleteJob'; readonly node: string; readonly name: string; readonly uid: string }
  /** Has an order carried out on the host of a node, or finds it carried out or at work; again is as good as once. */
  | { readonly kind: 'RunHost'; readonly node: string; readonly order: HostOrder; readonly attempt: number }
  /** No further step is begun on the host of a node. */
  | { readonly kind: 'LeaveHost'; readonly node: string }
  /** Takes back all that a canary was made of. */
  | { readonly kind: 'RecallCanary'; readonly node: string; readonly name: string }
  | { readonly kind: 'ReadFailure'; readonly node: string; readonly jobName: string; readonly jobUid: string }
  | { readonly kind: 'EvictPod'; readonly node: string; readonly pod: PodFacts; readonly gracePeriodSeconds?: number }
  | { readonly kind: 'DeletePod'; readonly node: string; readonly pod: PodFacts; readonly gracePeriodSeconds?: number }

export interface UpgradeEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/** What follows from the facts. The status is written first; then lists of actions, each in its order, none waiting for another. */
export interface UpgradeDecision {
  readonly status: ClusterUpgradeStatus
  readonly actions: readonly (readonly UpgradeAction[])[]
  /** Told when the actions have been carried out. */
  readonly events: readonly UpgradeEvent[]
  /** Told when the status has been written, and never where it was not: it is what they are found from. */
  readonly story: readonly UpgradeEvent[]
  /** Nodes whose pods have to be watched for a drain. */
  readonly drainNodes: readonly string[]
  /** Nodes of the control plane that are worked on: the API is better asked elsewhere. */
  readonly controlPlanesAtWork?: readonly string[]
  /** Set while VolumeAttachments have to be watched: PersistentVolumes whose claims the next decision needs. */
  readonly volumes?: readonly string[]
  /** How the cluster is has to be read (`facts.health`) for the next decision. */
  readonly readsHealth?: true
  /** Nodes whose hosts have to say whether they have an address of the API (`facts.addressHolders`) for the next decision. */
  readonly asksHolders?: readonly string[]
  /** A canary has to be sent, or looked at again (`facts.canary`), for the next decision. */
  readonly asksCanary?: CanaryOrder
  /** Epoch milliseconds: decide again then, even if nothing changes. */
  readonly wakeAtMs?: number
}
