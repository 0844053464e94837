import { grantsResource, matchesUrl, type PolicyRule } from './policy-rule.ts'

/**
 * What `wanted` grants and `owned` does not, joined where only the verbs differ, in the order of their text; empty when everything is owned.
 * Every part of `wanted` has to be granted by one rule alone. Source: Kubernetes, component-helpers rbac validation, Covers.
 */
export function missingRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  const missing = wanted.flatMap(brokenDown).filter((part) => !owned.some((rule) => covers(rule, part)))
  return joined(missing).toSorted((a, b) => (ruleText(a) < ruleText(b) ? -1 : 1))
}

/** A rule as refusals print it: `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
export function ruleText({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs }: PolicyRule): string {
  const part = (name: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`${name}:[${values.map((value) => JSON.stringify(value)).join(' ')}]`]
  const parts = [
    ...part('APIGroups', apiGroups),
    ...part('Resources', resources),
    ...part('NonResourceURLs', nonResourceURLs),
    ...part('ResourceNames', resourceNames),
    ...part('Verbs', verbs),
  ]
  return `{${parts.join(', ')}}`
}

/** Rules of one group, resource, name and verb each. */
function brokenDown({
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
  verbs,
}: PolicyRule): readonly PolicyRule[] {
  const urls = nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ nonResourceURLs: [url], verbs: [verb] })))
  const names = resourceNames.length === 0 ? [{}] : resourceNames.map((name) => ({ resourceNames: [name] }))
  const grants = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => names.map((name) => ({ apiGroups: [group], resources: [resource], ...name, verbs: [verb] }))),
    ),
  )
  return [...grants, ...urls]
}

/** `part` is broken down. */
function covers(rule: PolicyRule, part: PolicyRule): boolean {
  const [verb = ''] = part.verbs
  if (!rule.verbs.includes('*') && !rule.verbs.includes(verb)) return false
  const [url] = part.nonResourceURLs ?? []
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some((pattern) => matchesUrl(pattern, url))
  const [group = ''] = part.apiGroups ?? []
  const [plural = '', subresource] = (part.resources?.[0] ?? '').split('/')
  const { apiGroups = [], resources = [], resourceNames = [] } = rule
  if (!apiGroups.includes('*') && !apiGroups.includes(group)) return false
  if (!grantsResource(resources, plural, subresource)) return false
  const [name] = part.resourceNames ?? []
  return resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name))
}

function joined(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const simple = new Map<string, PolicyRule>()
  const others: PolicyRule[] = []
  for (const rule of rules) {
    if (rule.nonResourceURLs !== undefined) {
      others.push(rule)
      continue
    }
    const { verbs, ...what } = rule
    const key = ruleText({ ...what, verbs: [] })
    const known = simple.get(key)
    const added = verbs.filter((verb) => known?.verbs.includes(verb) !== true)
    simple.set(key, { ...rule, verbs: [...(known?.verbs ?? []), ...added] })
  }
  return [...simple.values(), ...others]
}
