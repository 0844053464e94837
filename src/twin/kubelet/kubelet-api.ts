import type { Node, NodeStatus, Pod, PodStatus } from 'kubernetes-types/core/v1'

/** Which pod; another one of the same name has another UID. */
export interface PodKey {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** Whether the object of a write was still there. */
export type Written = 'Written' | 'Gone'

/** What kubelets hear of pods that are bound to a node, any node. */
export interface PodWatcher {
  /** A pod is there, or has changed. */
  seen(pod: Pod): void
  gone(pod: Pod): void
}

export interface KubeletEvent {
  readonly about: Pod | Node
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly node: string
  /** `spec.containers{web}` for what is about one container. */
  readonly fieldPath?: string
}

/** A volume that has to be attached to a pod's node before the pod can begin. */
export interface AttachedVolume {
  /** As the status of a node names it. */
  readonly name: string
  readonly attached: boolean
}

/**
 * How kubelets use an API server: one watch for all nodes, and writes. The twin's and a real one are behind it.
 * A write that cannot be made now rejects; kubelets are level-based and come again.
 */
export interface KubeletApi {
  /** Tells of every bound pod that is there and of each change from then on. Resolves when the first are told; the function ends it. */
  watchPods(watcher: PodWatcher): Promise<() => void>
  getNode(name: string): Promise<Node | undefined>
  /** `spec.podCIDR` of a node, as far as it is known without asking; a server whose nodes get their pods' addresses elsewhere tells none. */
  podRangeOf?(node: string): string | undefined
  /** `Exists`: somebody has registered it before. */
  createNode(node: Node): Promise<'Created' | 'Exists'>
  /** Labels of a node that exists; those of others stay. */
  labelNode(name: string, labels: Readonly<Record<string, string>>): Promise<Written>
  /** Fields that are given take the place of those that are there; conditions and addresses by their type. */
  writeNodeStatus(name: string, status: NodeStatus): Promise<Written>
  /** Makes the Lease when there is none. `nowMs` is epoch milliseconds. */
  renewLease(node: string, nowMs: number): Promise<void>
  /** Takes the place of the status; conditions of other types stay. */
  writePodStatus(pod: PodKey, status: PodStatus): Promise<Written>
  /** With grace 0: the object goes, unless finalizers keep it. */
  removePod(pod: PodKey): Promise<void>
  /** For mirror pods. */
  createPod(pod: Pod): Promise<Written>
  event(event: KubeletEvent): void
  /** Whether a Secret or ConfigMap that a pod mounts is there. */
  has(resource: 'secrets' | 'configmaps', namespace: string, name: string): Promise<boolean>
  /** What the claims of a pod on a node stand for, as far as it is attached by others; of what is not known yet nothing. */
  volumesOf(pod: Pod): readonly AttachedVolume[]
}
