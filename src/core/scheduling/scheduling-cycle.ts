import type { LabelSelector } from '../kubernetes/label-selector.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import type { Rejection } from './rejection.ts'
import type { SchedulerCache } from './scheduler-cache.ts'
import type { VolumeReader } from './volume-reader.ts'

/** One pod looking for a node, and all that is known meanwhile. */
export interface SchedulingCycle {
  readonly pod: PodInfo
  readonly cache: SchedulerCache
  readonly volumes: VolumeReader
  /** Minor of Kubernetes 1 whose scheduler it is: rules and wording differ. */
  readonly minor: number
  /** Selects the pods that the services and the controller of this one select; by it a pod without constraints is spread. */
  readonly spreadSelector?: LabelSelector
}

/** Whether the cycle's pod fits on a node; `undefined` when it does. */
export type NodeFilter = (node: NodeInfo) => Rejection | undefined

/** What a filter finds before it looks at a node. */
export type PreparedFilter =
  | { readonly kind: 'Filter'; readonly check: NodeFilter }
  /** Nothing in the pod concerns it. */
  | { readonly kind: 'Skip' }
  /** No node will do. */
  | { readonly kind: 'RejectAll'; readonly rejection: Rejection }

export const skip: PreparedFilter = { kind: 'Skip' }
