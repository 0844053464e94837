import type { ResourceQuotaSpec, ScopedResourceSelectorRequirement } from 'kubernetes-types/core/v1'
import { labelKeyProblem } from '../../../../core/kubernetes/label-syntax.ts'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { invalidText } from './refusal.ts'
import { amountProblems } from './resource-amount-problems.ts'

/** What pods ask for in sum. */
const compute = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']
const counted = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
const storage = ['ephemeral-storage', 'requests.ephemeral-storage', 'limits.ephemeral-storage', 'requests.storage']
const ofQuotas: ReadonlySet<string> = new Set([...compute, ...counted, ...storage])
const integers: ReadonlySet<string> = new Set(counted)

const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const
const crossNamespaceSince = 21

/** Why a ResourceQuota is refused; its scopes are settled. Source: Kubernetes, Resource Quotas. */
export function quotaProblems(next: ResourceQuotaSpec, old: ResourceQuotaSpec | undefined, minor: number): readonly StatusCause[] {
  const scopes = next.scopes ?? []
  const changed = old !== undefined && !sameScopes(scopes, old.scopes ?? [])
  return [
    ...Object.entries(next.hard ?? {}).flatMap(([name, amount]) => hardProblems(`spec.hard[${name}]`, name, amount)),
    ...scopeProblems(next, scopes, minor),
    ...(next.scopeSelector?.matchExpressions ?? []).flatMap((one) => selectorProblems(one, minor)),
    ...(changed ? [invalidText('spec.scopes', scopesText(scopes), 'field is immutable')] : []),
  ]
}

function hardProblems(field: string, name: string, amount: unknown): readonly StatusCause[] {
  return [...nameProblems(field, name), ...amountProblems(field, amount, { isInteger: integers.has(name) || isExtended(name) })]
}

function nameProblems(field: string, name: string): readonly StatusCause[] {
  const why = labelKeyProblem(name)
  const isPlain = !name.includes('/')
  const isKnown = ofQuotas.has(name) || /^(?:requests\.)?hugepages-/.test(name)
  return [
    ...(why === undefined ? [] : [invalidValue(field, name, why)]),
    // the server says it twice: as the name of a resource, and as that of one of a quota
    ...(why === undefined && isPlain && !isKnown && name !== 'storage'
      ? [invalidValue(field, name, 'must be a standard resource type or fully qualified')]
      : []),
    ...(isPlain && !isKnown ? [invalidValue(field, name, 'must be a standard resource for quota')] : []),
  ]
}

/** Counts of objects (`count/jobs.batch`) and devices. */
function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.')
}

function scopeProblems({ hard = {} }: ResourceQuotaSpec, scopes: readonly string[], minor: number): readonly StatusCause[] {
  const refuse = (why: string) => invalidText('spec.scopes', scopesText(scopes), why)
  const resources = Object.keys(hard).filter((name) => ofQuotas.has(name))
  return [
    ...scopes.flatMap((scope) => [
      ...(isScope(scope, minor) ? [] : [refuse('unsupported scope')]),
      ...resources.filter((name) => !isInScope(scope, name)).map(() => refuse('unsupported scope applied to resource')),
    ]),
    ...opposites.filter((pair) => pair.every((one) => scopes.includes(one))).map(() => refuse('conflicting scopes')),
  ]
}

function isScope(scope: string, minor: number): boolean {
  const known = [...opposites.flat(), 'PriorityClass'] as readonly string[]
  return known.includes(scope) || (scope === 'CrossNamespacePodAffinity' && minor >= crossNamespaceSince)
}

function isInScope(scope: string, resource: string): boolean {
  return resource === 'pods' || (scope !== 'BestEffort' && compute.includes(resource))
}

function selectorProblems({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, minor: number): readonly StatusCause[] {
  const field = 'spec.scopeSelector.matchExpressions'
  return [
    ...(isScope(scopeName, minor) ? [] : [invalidValue(`${field}.scopeName`, scopeName, 'unsupported scope')]),
    ...((operator === 'In' || operator === 'NotIn') && values.length === 0
      ? [requiredValue(`${field}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")]
      : []),
    ...(['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)
      ? []
      : [invalidValue(`${field}.operator`, operator, 'not a valid selector operator')]),
  ]
}

function sameScopes(a: readonly string[], b: readonly string[]): boolean {
  return [...new Set(a)].sort().join() === [...new Set(b)].sort().join()
}

function scopesText(scopes: readonly string[]): string {
  return `[]core.ResourceQuotaScope{${scopes.map((scope) => JSON.stringify(scope)).join(', ')}}`
}
