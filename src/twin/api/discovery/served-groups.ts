import { compareText } from '../../../core/compare-text.ts'
import { compareApiVersions } from '../../schema/types/api-version-order.ts'
import { versionsServed } from '../../schema/types/resource-types.ts'
import type { ResourceType } from '../resource-type.ts'

/** What discovery is made of. */
export interface DiscoverySource {
  /** Built-in ones in the order of `resourceTypes`, custom ones after them. */
  readonly types: readonly ResourceType[]
  /** Minor of Kubernetes 1 that the server is. */
  readonly minor: number
  /** `host:port` under which clients reach it. */
  readonly serverAddress: string
}

/** A group with its versions, the preferred one first. */
export interface ServedGroup {
  readonly group: string
  readonly versions: readonly string[]
}

/**
 * The groups that a server serves, core first: built-in ones in their order, then custom ones by name, metrics last.
 * Source: kube-aggregator, order by the priority of APIServices.
 */
export function servedGroups({ types, minor }: DiscoverySource): readonly ServedGroup[] {
  const versions = new Map<string, Set<string>>()
  const custom = new Set<string>()
  for (const type of types) {
    const served = versions.get(type.group) ?? new Set()
    for (const version of versionsServed(type, minor)) served.add(version)
    if (served.size > 0) versions.set(type.group, served)
    if (type.custom !== undefined) custom.add(type.group)
  }
  // the server prefers v1 of autoscaling to the later v2beta1, the order of its type's table
  const groups = [...versions].map(([group, served]) => ({
    group,
    versions: [...served].sort(group === 'autoscaling' ? () => 0 : compareApiVersions),
  }))
  return groups.sort((a, b) => rank(a.group, custom) - rank(b.group, custom) || (custom.has(a.group) ? compareText(a.group, b.group) : 0))
}

function rank(group: string, custom: ReadonlySet<string>): number {
  if (group === 'metrics.k8s.io') return 2
  return custom.has(group) ? 1 : 0
}
