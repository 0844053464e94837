import { versionsServed } from '../../schema/types/resource-types.ts'
import type { ResourceType } from '../resource-type.ts'
import { type DiscoveryDocument, verbsOf } from './plain-discovery.ts'
import { type DiscoverySource, type ServedGroup, servedGroups } from './served-groups.ts'
import { subresourcesOf } from './subresource-discovery.ts'

export type AggregatedVersion = 'v2' | 'v2beta1'

/** The forms of aggregated discovery that a minor serves. Source: KEP-3352. */
export function aggregatedVersions(minor: number): readonly AggregatedVersion[] {
  if (minor >= 30) return ['v2', 'v2beta1']
  return minor >= 27 ? ['v2beta1'] : []
}

/** `/api` or `/apis` in one document: groups, versions, resources and subresources. Source: Kubernetes API reference, APIGroupDiscoveryList. */
export function aggregatedDiscovery(source: DiscoverySource, root: 'api' | 'apis', version: AggregatedVersion): DiscoveryDocument {
  const groups = servedGroups(source).filter(({ group }) => (group === '') === (root === 'api'))
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => describeGroup(source, group)),
  }
}

function describeGroup(source: DiscoverySource, { group, versions }: ServedGroup): DiscoveryDocument {
  const types = source.types.filter((type) => type.group === group)
  return {
    metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
    versions: versions.map((version) => ({
      version,
      resources: types
        .filter((type) => versionsServed(type, source.minor).includes(version))
        .map((type) => describeResource(type, version, source.minor)),
      freshness: 'Current',
    })),
  }
}

function describeResource(type: ResourceType, version: string, minor: number): DiscoveryDocument {
  const scope = type.namespaced ? 'Namespaced' : 'Cluster'
  const subresources = subresourcesOf(type, version, minor).map(({ name, group, version: subVersion, kind, verbs }) => ({
    subresource: name,
    responseKind: { group, version: subVersion, kind },
    verbs,
  }))
  return {
    resource: type.plural,
    responseKind: { group: type.group, version, kind: type.kind },
    scope,
    singularResource: type.singular,
    verbs: verbsOf(type),
    ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
    ...(type.categories.length === 0 ? {} : { categories: type.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  }
}
