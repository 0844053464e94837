import type { ResourceType } from '../resource-type.ts'

/** What discovery says of a subresource. */
export interface SubresourceDiscovery {
  readonly name: string
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly verbs: readonly string[]
}

const readAndWrite = ['get', 'patch', 'update']
const proxied = ['create', 'delete', 'get', 'patch', 'update']
const connected = ['create', 'get']

/** The subresources of a type in one of its versions, in the order of their names, those of a custom resource as they come. */
export function subresourcesOf(type: ResourceType, version: string, minor: number): readonly SubresourceDiscovery[] {
  const names = type.subresources.filter((name) => !(name === 'status' && type.plural === 'volumeattachments' && version === 'v1beta1'))
  const ordered = type.custom === undefined ? names.toSorted() : names
  return ordered.map((name) => subresource(type, { version, minor, name }))
}

function subresource(type: ResourceType, at: { version: string; minor: number; name: string }): SubresourceDiscovery {
  const { name, version, minor } = at
  const own = { name, group: type.group, version }
  switch (name) {
    case 'binding':
      return { ...own, kind: 'Binding', verbs: ['create'] }
    case 'eviction':
      return { name, group: 'policy', version: minor >= 22 ? 'v1' : 'v1beta1', kind: 'Eviction', verbs: ['create'] }
    case 'token':
      return { name, group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] }
    case 'scale':
      return { ...own, ...scaleVersion(own), kind: 'Scale', verbs: readAndWrite }
    case 'rollback':
      return { ...own, kind: 'DeploymentRollback', verbs: ['create'] }
    case 'finalize':
      return { ...own, kind: type.kind, verbs: ['update'] }
    case 'log':
      return { ...own, kind: type.kind, verbs: ['get'] }
    case 'proxy':
      return { ...own, kind: `${type.kind}ProxyOptions`, verbs: proxied }
    case 'attach':
      return { ...own, kind: 'PodAttachOptions', verbs: connected }
    case 'exec':
      return { ...own, kind: 'PodExecOptions', verbs: connected }
    case 'portforward':
      return { ...own, kind: 'PodPortForwardOptions', verbs: connected }
    default:
      return { ...own, kind: type.kind, verbs: readAndWrite }
  }
}

/** The beta versions that 1.16 took away had scales of their own. */
function scaleVersion({ group, version }: { group: string; version: string }): { group: string; version: string } {
  const own = group === 'extensions' || (group === 'apps' && version !== 'v1')
  return own ? { group, version } : { group: 'autoscaling', version: 'v1' }
}
