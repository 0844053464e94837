/** The filters of kube-scheduler by their plugin names, in the order in which they are asked. */
export type FilterName =
  | 'NodeUnschedulable'
  | 'NodeName'
  | 'TaintToleration'
  | 'NodeAffinity'
  | 'NodePorts'
  | 'NodeResourcesFit'
  | 'VolumeRestrictions'
  | 'NodeVolumeLimits'
  | 'VolumeBinding'
  | 'VolumeZone'
  | 'PodTopologySpread'
  | 'InterPodAffinity'

/** Why a pod cannot run on a node. */
export interface Rejection {
  readonly plugin: FilterName
  /** As kube-scheduler words them; each is counted in the message. */
  readonly reasons: readonly string[]
  /** `Unschedulable`: other pods are in the way, so preemption may help. */
  readonly code: 'Unschedulable' | 'UnschedulableAndUnresolvable'
}

/** Other pods are in the way. */
export function unschedulable(plugin: FilterName, ...reasons: readonly string[]): Rejection {
  return { plugin, reasons, code: 'Unschedulable' }
}

/** Not even an empty node would do. */
export function unresolvable(plugin: FilterName, ...reasons: readonly string[]): Rejection {
  return { plugin, reasons, code: 'UnschedulableAndUnresolvable' }
}
