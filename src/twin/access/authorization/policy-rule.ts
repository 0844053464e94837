import type { RequestAttributes } from '../../api/http/access.ts'

/** What a Role or ClusterRole grants. Source: Kubernetes API reference, PolicyRule. */
export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** Whether a rule grants a request. Source: Kubernetes, Using RBAC Authorization. */
export function grants(rule: PolicyRule, { verb, path, resource }: RequestAttributes): boolean {
  if (!has(rule.verbs, verb)) return false
  if (resource === undefined) return (rule.nonResourceURLs ?? []).some((pattern) => matchesUrl(pattern, path))
  const { group, plural, subresource, name } = resource
  if (!has(rule.apiGroups, group) || !grantsResource(rule.resources ?? [], plural, subresource)) return false
  const { resourceNames = [] } = rule
  return resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name))
}

/** `*` is any resource with any subresource, and any resource's scale is written as a star before the slash. */
export function grantsResource(resources: readonly string[], plural: string, subresource: string | undefined): boolean {
  const full = subresource === undefined ? plural : `${plural}/${subresource}`
  return resources.some((granted) => granted === '*' || granted === full || (subresource !== undefined && granted === `*/${subresource}`))
}

/** A star stands at the end and for everything. */
export function matchesUrl(pattern: string, path: string): boolean {
  return pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)))
}

function has(granted: readonly string[] = [], asked: string): boolean {
  return granted.includes('*') || granted.includes(asked)
}
