import type { Node } from 'kubernetes-types/core/v1.js'
import type { PodInfo } from '../../core/scheduling/pod-info.ts'
import type { FilterName } from '../../core/scheduling/rejection.ts'
import { sameJson } from '../api/same-json.ts'
import type { QueuedPod } from './queued-pod.ts'

/** A change of the cluster that may let a pod run that could not. */
export type ClusterEvent =
  | 'NodeAdd'
  | 'NodeUnschedulable'
  | 'NodeAllocatable'
  | 'NodeLabels'
  | 'NodeTaints'
  | 'NodeConditions'
  | 'PodDelete'
  | 'Volume'
  | 'Claim'
  | 'StorageClass'
  | 'CsiNode'

/** Which filters may change their mind. Source: kube-scheduler, EventsToRegister of the default plugins. */
const helped: Readonly<Record<ClusterEvent, readonly FilterName[] | 'All'>> = {
  NodeAdd: 'All',
  NodeUnschedulable: ['NodeUnschedulable', 'TaintToleration', 'PodTopologySpread'],
  NodeAllocatable: ['NodeResourcesFit'],
  NodeLabels: ['NodeAffinity', 'VolumeBinding', 'VolumeZone', 'PodTopologySpread', 'InterPodAffinity'],
  NodeTaints: ['NodeUnschedulable', 'TaintToleration', 'PodTopologySpread'],
  NodeConditions: [],
  PodDelete: ['NodePorts', 'NodeResourcesFit', 'VolumeRestrictions', 'NodeVolumeLimits', 'PodTopologySpread', 'InterPodAffinity'],
  Volume: ['VolumeBinding', 'VolumeZone', 'NodeVolumeLimits'],
  Claim: ['VolumeBinding', 'VolumeZone', 'VolumeRestrictions', 'NodeVolumeLimits'],
  StorageClass: ['VolumeBinding', 'VolumeZone'],
  CsiNode: ['NodeVolumeLimits', 'VolumeBinding'],
}

/** Whether a pod is worth another try after a change; until 1.21 every change was good for every pod. */
export function mayHelp(event: ClusterEvent, { refusedBy }: QueuedPod, minor: number): boolean {
  const filters = helped[event]
  return minor < 22 || filters === 'All' || filters.some((filter) => refusedBy.has(filter))
}

/** Whether a pod that now runs on a node can be what a waiting one is looking for, or what it has to be spread from. */
export function isAwaited(arrived: PodInfo, { info, refusedBy }: QueuedPod, namespaceLabels: Readonly<Record<string, string>>): boolean {
  if (refusedBy.has('PodTopologySpread') && arrived.namespace === info.namespace) return true
  return info.affinity.required.some((term) => term.matches(arrived, namespaceLabels))
}

/** What changed for the better in a node; undefined when nothing that matters did. Source: kube-scheduler, nodeSchedulingPropertiesChange. */
export function nodeEvent(old: Node, node: Node): ClusterEvent | undefined {
  if (old.spec?.unschedulable === true && node.spec?.unschedulable !== true) return 'NodeUnschedulable'
  if (!sameJson(old.status?.allocatable, node.status?.allocatable)) return 'NodeAllocatable'
  if (!sameJson(old.metadata?.labels, node.metadata?.labels)) return 'NodeLabels'
  if (!sameJson(old.spec?.taints, node.spec?.taints)) return 'NodeTaints'
  return sameJson(conditions(old), conditions(node)) ? undefined : 'NodeConditions'
}

function conditions({ status }: Node): Readonly<Record<string, string>> {
  return Object.fromEntries((status?.conditions ?? []).map(({ type, status: value }) => [type, value]))
}
