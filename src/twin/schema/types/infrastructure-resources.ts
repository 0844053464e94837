import type { ResourceRow } from './resource-row.ts'

const scope = 'Cluster'

/** Of `networking.k8s.io`. */
export const networkingResources: readonly ResourceRow[] = [
  { plural: 'ingressclasses', kind: 'IngressClass', scope, versions: { v1: [19], v1beta1: [18, 21] } },
  { plural: 'ingresses', kind: 'Ingress', shortNames: ['ing'], versions: { v1: [19], v1beta1: [14, 21] }, subresources: ['status'] },
  { plural: 'ipaddresses', kind: 'IPAddress', scope, shortNames: ['ip'], versions: { v1: [33] } },
  {
    plural: 'networkpolicies',
    kind: 'NetworkPolicy',
    shortNames: ['netpol'],
    versions: { v1: [7] },
    // KEP-2943 was withdrawn
    subresources: [['status', [24, 27]]],
  },
  { plural: 'servicecidrs', kind: 'ServiceCIDR', scope, versions: { v1: [33] }, subresources: ['status'] },
]

/** Of `discovery.k8s.io`. */
export const discoveryResources: readonly ResourceRow[] = [
  { plural: 'endpointslices', kind: 'EndpointSlice', versions: { v1: [21], v1beta1: [17, 24] } },
]

/** Of `storage.k8s.io`. */
export const storageResources: readonly ResourceRow[] = [
  { plural: 'csidrivers', kind: 'CSIDriver', scope, versions: { v1: [18], v1beta1: [14, 21] } },
  { plural: 'csinodes', kind: 'CSINode', scope, versions: { v1: [17], v1beta1: [14, 21] } },
  { plural: 'csistoragecapacities', kind: 'CSIStorageCapacity', versions: { v1: [24], v1beta1: [21, 26] } },
  { plural: 'storageclasses', kind: 'StorageClass', scope, shortNames: ['sc'], versions: { v1: [6], v1beta1: [4, 21] } },
  {
    plural: 'volumeattachments',
    kind: 'VolumeAttachment',
    scope,
    versions: { v1: [13], v1beta1: [10, 21] },
    subresources: ['status'],
  },
  { plural: 'volumeattributesclasses', kind: 'VolumeAttributesClass', scope, shortNames: ['vac'], versions: { v1: [34] } },
]

/** Of `scheduling.k8s.io`. */
export const schedulingResources: readonly ResourceRow[] = [
  { plural: 'priorityclasses', kind: 'PriorityClass', scope, shortNames: ['pc'], versions: { v1: [14], v1beta1: [11, 21] } },
]

/** Of `coordination.k8s.io`. */
export const coordinationResources: readonly ResourceRow[] = [
  { plural: 'leases', kind: 'Lease', versions: { v1: [14], v1beta1: [12, 21] } },
]

/** Of `node.k8s.io`. */
export const nodeResources: readonly ResourceRow[] = [
  { plural: 'runtimeclasses', kind: 'RuntimeClass', scope, versions: { v1: [20], v1beta1: [14, 24] } },
]

/** Of `events.k8s.io`: the events of the group without a name, in another form. */
export const eventsResources: readonly ResourceRow[] = [
  { plural: 'events', kind: 'Event', shortNames: ['ev'], versions: { v1: [19], v1beta1: [8, 24] }, keptBy: { group: '', version: 'v1' } },
]

/** Of `metrics.k8s.io`, which metrics-server serves in a real cluster. */
export const metricsResources: readonly ResourceRow[] = [
  { plural: 'nodes', kind: 'NodeMetrics', singular: '', scope, versions: { v1beta1: [8] }, verbs: 'ReadOnly' },
  { plural: 'pods', kind: 'PodMetrics', singular: '', versions: { v1beta1: [8] }, verbs: 'ReadOnly' },
]

/** Of `resource.k8s.io`. */
export const resourceClaimResources: readonly ResourceRow[] = [
  { plural: 'deviceclasses', kind: 'DeviceClass', scope, versions: { v1: [34] } },
  { plural: 'resourceclaims', kind: 'ResourceClaim', versions: { v1: [34] }, subresources: ['status'] },
  { plural: 'resourceclaimtemplates', kind: 'ResourceClaimTemplate', versions: { v1: [34] } },
  { plural: 'resourceslices', kind: 'ResourceSlice', scope, versions: { v1: [34] } },
]
