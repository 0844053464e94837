import type { ResourceRequirements } from 'kubernetes-types/core/v1'
import { labelKeyProblem } from '../../../../core/kubernetes/label-syntax.ts'
import { compareQuantities, parseQuantity } from '../../../../core/kubernetes/quantity.ts'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { problem } from './refusal.ts'

type Amounts = Readonly<Record<string, unknown>>

const wholeNanos = 1_000_000_000n
const hugePages = 'hugepages-'
/** Resources without a domain that a container may ask for. */
const standard = ['cpu', 'memory', 'ephemeral-storage']

/** Why the requests and limits of a container are refused. Source: Kubernetes, Resource Management for Pods and Containers. */
export function resourceProblems(field: string, resources: ResourceRequirements | null | undefined): readonly StatusCause[] {
  const limits: Amounts = resources?.limits ?? {}
  const requests: Amounts = resources?.requests ?? {}
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  const lonelyPages = names.some((name) => name.startsWith(hugePages)) && !names.includes('cpu') && !names.includes('memory')
  return [
    ...amountProblems(`${field}.limits`, limits),
    ...amountProblems(`${field}.requests`, requests),
    ...Object.keys(requests).flatMap((name) => overLimit(field, name, { requests, limits })),
    ...(lonelyPages ? [forbiddenValue(field, 'HugePages require cpu or memory')] : []),
  ]
}

function amountProblems(field: string, amounts: Amounts): readonly StatusCause[] {
  return Object.entries(amounts).flatMap(([name, amount]) => [
    ...resourceNameProblems(`${field}[${name}]`, name, 'Container'),
    ...quantityProblems(`${field}[${name}]`, name, amount),
  ])
}

/** Resources without a domain that something else may be measured by. */
const others = [
  ...['storage', 'pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps', 'persistentvolumeclaims'],
  ...['services.nodeports', 'services.loadbalancers', 'requests.storage'],
  ...['requests', 'limits'].flatMap((prefix) => standard.map((name) => `${prefix}.${name}`)),
]

/** Why the name of a resource is refused: as any, or as one that a container may ask for. */
export function resourceNameProblems(field: string, name: string, of: 'Any' | 'Container'): readonly StatusCause[] {
  const why = labelKeyProblem(name)
  if (why !== undefined) return [invalidValue(field, name, why)]
  if (name.includes('/') || standard.includes(name) || name.startsWith(hugePages)) return []
  if (of === 'Any' && others.includes(name)) return []
  if (of === 'Any') return [invalidValue(field, name, 'must be a standard resource type or fully qualified')]
  if (others.includes(name)) return [invalidValue(field, name, 'must be a standard resource for containers')]
  // The server says it twice: as the name of a resource, and as that of one of a container.
  return [
    invalidValue(field, name, 'must be a standard resource type or fully qualified'),
    invalidValue(field, name, 'must be a standard resource for containers'),
  ]
}

/** Why an amount is refused: below zero, or a part of something that cannot be divided. */
export function quantityProblems(field: string, name: string, amount: unknown): readonly StatusCause[] {
  const quantity = parseQuantity(amount)
  if (quantity === undefined) return [invalidValue(field, amount, 'must be a valid resource quantity')]
  if (quantity.nano < 0n) return [invalidValue(field, String(amount), 'must be greater than or equal to 0')]
  const divisible = !name.includes('/') || name.startsWith('kubernetes.io/')
  return problem(field, amount, divisible || quantity.nano % wholeNanos === 0n ? undefined : 'must be an integer')
}

function overLimit(field: string, name: string, { requests, limits }: { requests: Amounts; limits: Amounts }): readonly StatusCause[] {
  const request = parseQuantity(requests[name])
  const limit = parseQuantity(limits[name])
  const exact = name.startsWith(hugePages) || (name.includes('/') && !name.startsWith('kubernetes.io/'))
  if (limit === undefined) return exact ? [requiredValue(`${field}.limits`, 'Limit must be set for non overcommitable resources')] : []
  const order = request === undefined ? 0 : compareQuantities(request, limit)
  if (exact && order !== 0) return [invalidValue(`${field}.requests`, requests[name], `must be equal to ${name} limit`)]
  return order > 0 ? [invalidValue(`${field}.requests`, requests[name], `must be less than or equal to ${name} limit`)] : []
}
