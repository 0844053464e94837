import type { OwnerReference, StringMap } from './object-meta.ts'

/** One container's state, init containers included. */
export interface ContainerFacts {
  readonly name: string
  readonly init: boolean
  readonly state: 'Waiting' | 'Running' | 'Terminated'
  /** Reason of the state, e.g. `ImagePullBackOff`, `Error`, `OOMKilled`. */
  readonly reason: string
  readonly message: string
  readonly exitCode?: number
}

/** What the core needs of a Pod, both of an upgrade's own pods and of those a drain has to move. */
export interface PodFacts {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly labels: StringMap
  readonly nodeName: string
  readonly phase: string
  readonly ready: boolean
  /** Epoch milliseconds; absent while the pod is not being deleted. */
  readonly deletionAtMs?: number
  /** Seconds of grace the pod asks for. */
  readonly gracePeriodSeconds: number
  readonly priority: number
  readonly controller?: OwnerReference
  readonly mirror: boolean
  readonly hasEmptyDir: boolean
  readonly finalizers: readonly string[]
  readonly containers: readonly ContainerFacts[]
  /** Message of PodScheduled=False, e.g. `0/3 nodes are available: …`. */
  readonly unschedulableMessage?: string
}
