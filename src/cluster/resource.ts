/** Which collection of the API: `group` is empty for core/v1. */
export interface Resource {
  readonly group: string
  readonly version: string
  /** Plural, as in the path: `nodes`. */
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
}

const core = (plural: string, kind: string, namespaced: boolean): Resource => ({ group: '', version: 'v1', plural, kind, namespaced })

export const nodes = core('nodes', 'Node', false)
export const pods = core('pods', 'Pod', true)
export const secrets = core('secrets', 'Secret', true)
export const configMaps = core('configmaps', 'ConfigMap', true)
export const namespaces = core('namespaces', 'Namespace', false)
export const events = core('events', 'Event', true)
export const daemonSets: Resource = { group: 'apps', version: 'v1', plural: 'daemonsets', kind: 'DaemonSet', namespaced: true }
export const jobs: Resource = { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job', namespaced: true }
export const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true }
export const persistentVolumes = core('persistentvolumes', 'PersistentVolume', false)
/** `v1` from v1.13 on, which every supported server has. */
export const volumeAttachments: Resource = {
  group: 'storage.k8s.io',
  version: 'v1',
  plural: 'volumeattachments',
  kind: 'VolumeAttachment',
  namespaced: false,
}
export const plans: Resource = { group: 'upgrade.cattle.io', version: 'v1', plural: 'plans', kind: 'Plan', namespaced: true }
export const clusterUpgrades: Resource = {
  group: 'falkirk.dev',
  version: 'v1alpha1',
  plural: 'clusterupgrades',
  kind: 'ClusterUpgrade',
  namespaced: false,
}

/** `/api/v1/namespaces/NS/pods/NAME/SUB`; every part is escaped. */
export function resourcePath(resource: Resource, at: { namespace?: string; name?: string; subresource?: string } = {}): string {
  const parts = resource.group === '' ? ['api', resource.version] : ['apis', resource.group, resource.version]
  if (resource.namespaced && at.namespace !== undefined) parts.push('namespaces', at.namespace)
  parts.push(resource.plural)
  if (at.name !== undefined) parts.push(at.name)
  if (at.subresource !== undefined) parts.push(at.subresource)
  return `/${parts.map(encodeURIComponent).join('/')}`
}
