import type { PodSpec, Toleration } from 'kubernetes-types/core/v1'

const always: readonly Toleration[] = [
  exists('node.kubernetes.io/not-ready', 'NoExecute'),
  exists('node.kubernetes.io/unreachable', 'NoExecute'),
  exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
]

const onHostNetwork = exists('node.kubernetes.io/network-unavailable', 'NoSchedule')

/**
 * The tolerations of a template and those that every pod of a DaemonSet has: it stays on a node in trouble, and comes to a cordoned one.
 * Source: Kubernetes documentation, DaemonSet, Taints and tolerations.
 */
export function daemonTolerations(spec: PodSpec | undefined): readonly Toleration[] {
  const own = spec?.tolerations ?? []
  const added = spec?.hostNetwork === true ? [...always, onHostNetwork] : always
  return added.reduce(addOrReplace, own)
}

function exists(key: string, effect: 'NoExecute' | 'NoSchedule'): Toleration {
  return { key, operator: 'Exists', effect }
}

/** One for the same taint gives way to it. */
function addOrReplace(tolerations: readonly Toleration[], added: Toleration): readonly Toleration[] {
  const at = tolerations.findIndex(
    ({ key, operator = '', effect, value = '' }) =>
      key === added.key && operator === added.operator && effect === added.effect && value === '',
  )
  return at === -1 ? [...tolerations, added] : tolerations.with(at, added)
}
