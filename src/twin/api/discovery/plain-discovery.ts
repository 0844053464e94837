import { versionsServed } from '../../schema/types/resource-types.ts'
import { apiVersionOf } from '../resource-catalog.ts'
import type { ResourceType } from '../resource-type.ts'
import { type DiscoverySource, type ServedGroup, servedGroups } from './served-groups.ts'
import { subresourcesOf } from './subresource-discovery.ts'

/** A discovery document as it is sent. */
export type DiscoveryDocument = Readonly<Record<string, unknown>>

const builtInVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
// the order in which the server of CustomResourceDefinitions names them
const customVerbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']

/** What a type's clients may do with it, as discovery names it. */
export function verbsOf(type: ResourceType): readonly string[] {
  return type.verbs ?? (type.custom === undefined ? builtInVerbs : customVerbs)
}

/** `/api`. Source: Kubernetes API reference, APIVersions. */
export function apiVersions({ serverAddress }: DiscoverySource): DiscoveryDocument {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  }
}

/** `/apis`. Source: Kubernetes API reference, APIGroupList. */
export function apiGroupList(source: DiscoverySource): DiscoveryDocument {
  const groups = servedGroups(source).filter(({ group }) => group !== '')
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(describeGroup) }
}

/** `/apis/GROUP`, undefined where the group is not served. */
export function apiGroup(source: DiscoverySource, group: string): DiscoveryDocument | undefined {
  const served = servedGroups(source).find((candidate) => candidate.group === group)
  return served === undefined || group === '' ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...describeGroup(served) }
}

/** `/api/v1` and `/apis/GROUP/VERSION`, undefined where that is not served. */
export function apiResourceList(source: DiscoverySource, group: string, version: string): DiscoveryDocument | undefined {
  const types = source.types.filter((type) => type.group === group && versionsServed(type, source.minor).includes(version))
  if (types.length === 0) return undefined
  // what is older than Kubernetes 1.2 has kept the answer of then
  const apiVersion = group === '' || group === 'extensions' ? {} : { apiVersion: 'v1' }
  return {
    kind: 'APIResourceList',
    ...apiVersion,
    groupVersion: apiVersionOf(group, version),
    resources: types.flatMap((type) => [describeResource(type, source.minor), ...describeSubresources(type, version, source.minor)]),
  }
}

function describeGroup({ group, versions }: ServedGroup): DiscoveryDocument {
  const described = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: described, preferredVersion: described[0] }
}

// without storageVersionHash, which is optional: it would tell of etcd's migrations, and the twin has none
function describeResource(type: ResourceType, minor: number): DiscoveryDocument {
  return {
    name: type.plural,
    // of built-in resources only from 1.27
    singularName: type.custom !== undefined || minor >= 27 ? type.singular : '',
    namespaced: type.namespaced,
    kind: type.kind,
    verbs: verbsOf(type),
    ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
    ...(type.categories.length === 0 ? {} : { categories: type.categories }),
  }
}

function describeSubresources(type: ResourceType, ownVersion: string, minor: number): readonly DiscoveryDocument[] {
  return subresourcesOf(type, ownVersion, minor).map(({ name, group, version, kind, verbs }) => ({
    name: `${type.plural}/${name}`,
    singularName: '',
    namespaced: type.namespaced,
    ...(group === type.group && version === ownVersion ? {} : { group, version }),
    kind,
    verbs,
  }))
}
