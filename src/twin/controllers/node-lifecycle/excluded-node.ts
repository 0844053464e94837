import type { Node } from 'kubernetes-types/core/v1'

/** Until then a node was left out by its name, too. */
const namedMasterMinor = 21

/** Whether a node has no say in how disrupted its zone is. */
export function isExcluded({ metadata }: Node, minor: number): boolean {
  if (metadata?.labels?.['node.kubernetes.io/exclude-disruption'] !== undefined) return true
  return minor < namedMasterMinor && /master(-...)?$/.test(metadata?.name ?? '')
}
