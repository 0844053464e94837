import type { Node } from 'kubernetes-types/core/v1'

/** Until then a node was left out by its name, too. */
const namedMasterMinor = 21

/** The failure domain of a node: region and zone by its labels, empty when it has none. Source: Kubernetes, GetZoneKey. */
export function zoneOf({ metadata }: Node): string {
  const labels = metadata?.labels ?? {}
  const zone = labels['failure-domain.beta.kubernetes.io/zone'] ?? labels['topology.kubernetes.io/zone'] ?? ''
  const region = labels['failure-domain.beta.kubernetes.io/region'] ?? labels['topology.kubernetes.io/region'] ?? ''
  return region === '' && zone === '' ? '' : `${region}/${zone}`
}

/** Whether a node has no say in how disrupted its zone is. */
export function isExcluded({ metadata }: Node, minor: number): boolean {
  if (metadata?.labels?.['node.kubernetes.io/exclude-disruption'] !== undefined) return true
  return minor < namedMasterMinor && /master(-...)?$/.test(metadata?.name ?? '')
}
