import type { Pod } from 'kubernetes-types/core/v1'
import type { Clock } from '../../cluster/clock.ts'
import type { ControlPlane } from '../machine/control-plane.ts'
import type { ImageBehaviour } from './image-behaviour.ts'
import type { KubeletApi } from './kubelet-api.ts'
import type { ImageRegistry } from './node-images.ts'
import type { PodTimings } from './pod/pod-timings.ts'
import type { ContainerEffect } from './pod/turn.ts'
import type { PodLogs } from './pod-logs.ts'

/** A container of the twin has started or ended. */
export interface ContainerHappening {
  readonly node: string
  readonly pod: Pod
  readonly atMs: number
  readonly effect: ContainerEffect
}

/** What all kubelets of a fleet share. */
export interface KubeletOptions {
  readonly api: KubeletApi
  readonly clock: Clock
  /** Numbers in [0, 1), seeded: boot IDs come from it. */
  readonly random: () => number
  readonly logs: PodLogs
  /** What images do; the first that knows an image wins. */
  readonly behaviours: readonly ImageBehaviour[]
  readonly timingsOf: (pod: Pod) => PodTimings
  readonly registry: ImageRegistry
  readonly controlPlane: ControlPlane
  /** Which events are written. Events of pods are the larger part of all writes of a cluster at work. */
  readonly events: 'All' | 'Warnings' | 'None'
  /** The first byte of the addresses of pods. */
  readonly podBlock: number
  /** Seconds that a kubelet is away when it is started again, and a machine when it boots. */
  readonly restartSeconds: number
  readonly bootSeconds: number
  /** Seconds that a kubelet which has started says that it has not seen its runtime yet. */
  readonly settleSeconds: number
  /** Seconds from a write that the API server did not take to the next try. */
  readonly retrySeconds: number
  /** The kubelet of a node has fallen silent, or is heard again. */
  readonly onPresence?: (change: { readonly node: string; readonly present: boolean; readonly atMs: number }) => void
  readonly onContainer?: (happening: ContainerHappening) => void
}
