import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
} from 'kubernetes-types/batch/v1'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { labelKeyProblems } from './label-selector-problems.ts'
import { duplicateValue, invalidText, tooManyItems, unsupportedValue } from './refusal.ts'

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const statuses = ['False', 'True', 'Unknown']
const replacements = ['Failed', 'TerminatingOrFailed']
const mostRules = 20
const mostExitCodes = 255

function quoted(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(' ')
}

/** Why what a Job is to do about failed pods is refused. Source: Kubernetes API reference, PodFailurePolicy v1 batch. */
export function failurePolicyProblems(field: string, spec: JobSpec): readonly StatusCause[] {
  const { podFailurePolicy: policy } = spec
  if (!policy) return []
  const rules = policy.rules ?? []
  const path = `${field}.podFailurePolicy.rules`
  if (rules.length > mostRules) return [tooManyItems(path, rules.length, mostRules)]
  return rules.flatMap((rule, i) => ruleProblems(`${path}[${i}]`, rule, spec))
}

function ruleProblems(path: string, rule: PodFailurePolicyRule, spec: JobSpec): readonly StatusCause[] {
  const { onExitCodes, onPodConditions = [] } = rule
  const omitted = (why: string): StatusCause => ({ reason: 'FieldValueInvalid', message: `Invalid value: ${why}`, field: path })
  const said = (onExitCodes ? 1 : 0) + (onPodConditions.length > 0 ? 1 : 0)
  return [
    ...actionProblems(`${path}.action`, rule.action, spec),
    ...(onExitCodes ? exitCodeProblems(`${path}.onExitCodes`, onExitCodes, spec) : []),
    ...conditionProblems(`${path}.onPodConditions`, onPodConditions),
    ...(said === 2 ? [omitted('specifying both OnExitCodes and OnPodConditions is not supported')] : []),
    ...(said === 0 ? [omitted('specifying one of OnExitCodes and OnPodConditions is required')] : []),
  ]
}

function actionProblems(field: string, action: string | undefined, { backoffLimitPerIndex }: JobSpec): readonly StatusCause[] {
  if (!action) return [requiredValue(field, `valid values: [${quoted(actions)}]`)]
  if (!actions.includes(action)) return [unsupportedValue(field, action, actions)]
  if (action !== 'FailIndex' || backoffLimitPerIndex !== undefined) return []
  return [invalidValue(field, action, 'requires the backoffLimitPerIndex to be set')]
}

function exitCodeProblems(path: string, rule: PodFailurePolicyOnExitCodesRequirement, { template }: JobSpec): readonly StatusCause[] {
  const { operator, containerName, values = [] } = rule
  const containers = [...(template?.spec?.containers ?? []), ...(template?.spec?.initContainers ?? [])].map(({ name }) => name)
  const unknown = containerName !== undefined && !containers.includes(containerName)
  const outside = 'must be one of the container or initContainer names in the pod template'
  return [
    ...(operator ? [] : [requiredValue(`${path}.operator`, `valid values: [${quoted(operators)}]`)]),
    ...(operator && !operators.includes(operator) ? [unsupportedValue(`${path}.operator`, operator, operators)] : []),
    ...(unknown ? [invalidValue(`${path}.containerName`, containerName, outside)] : []),
    ...valueProblems(`${path}.values`, values, operator),
  ]
}

function valueProblems(path: string, values: readonly number[], operator: string | undefined): readonly StatusCause[] {
  const text = `[]int32{${values.join(', ')}}`
  if (values.length === 0) return [invalidText(path, text, 'at least one value is required')]
  if (values.length > mostExitCodes) return [tooManyItems(path, values.length, mostExitCodes)]
  const each = values.flatMap((value, i) => [
    ...(operator === 'In' && value === 0 ? [invalidValue(`${path}[${i}]`, value, 'must not be 0 for the In operator')] : []),
    ...(values.indexOf(value) < i ? [duplicateValue(`${path}[${i}]`, value)] : []),
  ])
  const ordered = values.every((value, i) => i === 0 || (values[i - 1] ?? 0) <= value)
  return ordered ? each : [...each, invalidText(path, text, 'must be ordered')]
}

function conditionProblems(path: string, patterns: readonly PodFailurePolicyOnPodConditionsPattern[]): readonly StatusCause[] {
  if (patterns.length > mostRules) return [tooManyItems(path, patterns.length, mostRules)]
  return patterns.flatMap(({ type, status = 'True' }, i) => [
    ...labelKeyProblems(`${path}[${i}].type`, type ?? ''),
    ...(statuses.includes(status) ? [] : [unsupportedValue(`${path}[${i}].status`, status, statuses)]),
  ])
}

/** Pods of a Job with a pod failure policy are replaced when they have failed, and not started again on their node. */
export function replacementProblems(field: string, { podReplacementPolicy, podFailurePolicy }: JobSpec): readonly StatusCause[] {
  if (podReplacementPolicy === undefined) return []
  const supported = podFailurePolicy ? ['Failed'] : replacements
  return supported.includes(podReplacementPolicy)
    ? []
    : [unsupportedValue(`${field}.podReplacementPolicy`, podReplacementPolicy, supported)]
}

/** Said after what is wrong with the template. */
export function restartOfPolicyProblems(field: string, { podFailurePolicy, template }: JobSpec): readonly StatusCause[] {
  const policy = template?.spec?.restartPolicy
  if (!podFailurePolicy || policy === 'Never') return []
  return [
    invalidValue(`${field}.template.spec.restartPolicy`, policy ?? '', 'only "Never" is supported when podFailurePolicy is specified'),
  ]
}
