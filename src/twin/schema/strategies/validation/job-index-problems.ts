import type { JobSpec, SuccessPolicyRule } from 'kubernetes-types/batch/v1'
import { isDnsSubdomain } from '../../../../core/kubernetes/dns-name.ts'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { invalidText, negativeProblems, tooLong, tooManyItems } from './refusal.ts'

const mostIndexes = 100_000
/** Of a Job with more completions than that and limits for each index. */
const mostAtOnce = 10_000
const mostRules = 20
const mostIndexBytes = 64 * 1024

/** Why the parts of an Indexed Job are refused. Source: Kubernetes API reference, JobSpec v1 batch. */
export function indexProblems(field: string, spec: JobSpec): readonly StatusCause[] {
  return [
    ...(spec.completionMode === 'Indexed' ? indexedProblems(field, spec) : onlyIndexedProblems(field, spec)),
    ...(spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined
      ? [requiredValue(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
      : []),
  ]
}

function indexedProblems(field: string, spec: JobSpec): readonly StatusCause[] {
  const { completions, parallelism = 0, maxFailedIndexes: failed } = spec
  if (completions === undefined) return [requiredValue(`${field}.completions`, 'when completion mode is Indexed')]
  const mostPods = `must be less than or equal to ${mostIndexes} when completion mode is Indexed`
  return [
    ...(parallelism > mostIndexes ? [invalidValue(`${field}.parallelism`, parallelism, mostPods)] : []),
    ...(failed !== undefined && failed > completions
      ? [invalidValue(`${field}.maxFailedIndexes`, failed, 'must be less than or equal to completions')]
      : []),
    ...(failed !== undefined && failed > mostIndexes
      ? [invalidValue(`${field}.maxFailedIndexes`, failed, `must be less than or equal to ${mostIndexes}`)]
      : []),
    ...(completions > mostIndexes && spec.backoffLimitPerIndex !== undefined ? hugeProblems(field, spec) : []),
  ]
}

function hugeProblems(field: string, { parallelism = 0, maxFailedIndexes }: JobSpec): readonly StatusCause[] {
  const why = `must be less than or equal to ${mostAtOnce} when completions are above ${mostIndexes} and used with backoff limit per index`
  return [
    ...(maxFailedIndexes === undefined
      ? [requiredValue(`${field}.maxFailedIndexes`, `must be specified when completions is above ${mostIndexes}`)]
      : []),
    ...(parallelism > mostAtOnce ? [invalidValue(`${field}.parallelism`, parallelism, why)] : []),
    ...((maxFailedIndexes ?? 0) > mostAtOnce ? [invalidValue(`${field}.maxFailedIndexes`, maxFailedIndexes, why)] : []),
  ]
}

function onlyIndexedProblems(field: string, spec: JobSpec): readonly StatusCause[] {
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const).flatMap((name) =>
    spec[name] === undefined ? [] : [invalidValue(`${field}.${name}`, spec[name], 'requires indexed completion mode')],
  )
}

/** Why the indexes that are enough are refused. */
export function successPolicyProblems(field: string, { successPolicy, completionMode, completions = 0 }: JobSpec): readonly StatusCause[] {
  if (!successPolicy) return []
  if (completionMode !== 'Indexed') {
    return [invalidText(`${field}.successPolicy`, 'batch.SuccessPolicy{}', 'requires indexed completion mode')]
  }
  const rules = successPolicy.rules ?? []
  const path = `${field}.successPolicy.rules`
  return [
    ...(rules.length === 0 ? [requiredValue(path, 'at least one rules must be specified when the successPolicy is specified')] : []),
    ...(rules.length > mostRules ? [tooManyItems(path, rules.length, mostRules)] : []),
    ...rules.flatMap((rule, i) => successRuleProblems(`${path}[${i}]`, rule, completions)),
  ]
}

function successRuleProblems(path: string, rule: SuccessPolicyRule, completions: number): readonly StatusCause[] {
  const { succeededCount, succeededIndexes } = rule
  const read = succeededIndexes === undefined ? undefined : readIndexes(succeededIndexes, completions)
  const total = typeof read === 'number' ? read : 0
  return [
    ...(succeededCount === undefined && succeededIndexes === undefined
      ? [requiredValue(path, 'at least one of succeededCount or succeededIndexes must be specified')]
      : []),
    ...((succeededIndexes ?? '').length > mostIndexBytes ? [tooLong(`${path}.succeededIndexes`, mostIndexBytes)] : []),
    ...(typeof read === 'string'
      ? [invalidValue(`${path}.succeededIndexes`, succeededIndexes, `error parsing succeededIndexes: ${read}`)]
      : []),
    ...negativeProblems(`${path}.succeededCount`, succeededCount),
    ...atMost(`${path}.succeededCount`, succeededCount, completions, 'the number of specified completions'),
    ...(read === undefined
      ? []
      : atMost(`${path}.succeededCount`, succeededCount, total, 'the number of indexes in the specified succeededIndexes field')),
  ]
}

function atMost(field: string, count: number | undefined, most: number, what: string): readonly StatusCause[] {
  return count === undefined || count <= most ? [] : [invalidValue(field, count, `must be less than or equal to ${most} (${what})`)]
}

/** How many indexes a text like `1,3-5` names, or why it names none. */
function readIndexes(text: string, completions: number): number | string {
  let last = -1
  let total = 0
  for (const part of text === '' ? [] : text.split(',')) {
    const [from = '', to, ...more] = part.split('-')
    if (more.length > 0) {
      return `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`
    }
    const bounds = to === undefined ? [from] : [from, to]
    const wrong = bounds.map((bound) => boundProblem(bound, completions)).find((why) => why !== undefined)
    if (wrong !== undefined) return wrong
    const [first, end] = [Number(from), Number(to ?? from)]
    if (to !== undefined && first >= end) return `non-increasing order, previous: ${first}, current: ${end}`
    if (last >= first) return `non-increasing order, previous: ${last}, current: ${first}`
    total += end - first + 1
    last = end
  }
  return total
}

function boundProblem(text: string, completions: number): string | undefined {
  if (!/^\d+$/.test(text)) return `cannot convert string to integer for index: ${JSON.stringify(text)}`
  return Number(text) >= completions ? `too large index: ${JSON.stringify(text)}` : undefined
}

const longestManager = 63

/** Why the name of another controller is refused. */
export function managedByProblems(field: string, { managedBy }: JobSpec): readonly StatusCause[] {
  if (managedBy === undefined) return []
  const path = `${field}.managedBy`
  const slash = managedBy.indexOf('/')
  const prefixed = slash > 0 && slash < managedBy.length - 1
  const wrong = managedBy !== '' && !(prefixed && isDnsSubdomain(managedBy.slice(0, slash)))
  return [
    ...(managedBy === '' ? [requiredValue(path)] : []),
    ...(wrong ? [invalidValue(path, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")')] : []),
    ...(managedBy.length > longestManager ? [tooLong(path, longestManager)] : []),
  ]
}
