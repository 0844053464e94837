import type { Taint, Toleration } from 'kubernetes-types/core/v1'
import { labelKeyProblem, labelValueProblem } from '../../../../core/kubernetes/label-syntax.ts'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { repeatedPlaces } from '../../repeated-places.ts'
import { labelKeyProblems } from './label-selector-problems.ts'
import { invalidText, problem, unsupportedValue } from './refusal.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** Why the tolerations of a pod are refused. Source: Kubernetes, Taints and Tolerations. */
export function tolerationProblems(field: string, tolerations: readonly Toleration[]): readonly StatusCause[] {
  return tolerations.flatMap((toleration, i) => oneToleration(`${field}[${i}]`, toleration))
}

function oneToleration(field: string, toleration: Toleration): readonly StatusCause[] {
  const { key, operator = '', effect, tolerationSeconds } = toleration
  const everyKey = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
  const limited = "effect must be 'NoExecute' when `tolerationSeconds` is set"
  return [
    ...(key ? problem(`${field}.key`, key, labelKeyProblem(key)) : []),
    ...(!key && operator !== 'Exists' ? [invalidValue(`${field}.operator`, operator, everyKey)] : []),
    ...(tolerationSeconds !== undefined && effect !== 'NoExecute' ? [invalidValue(`${field}.effect`, effect ?? '', limited)] : []),
    ...operatorProblems(`${field}.operator`, toleration),
    ...(effect && !effects.includes(effect) ? [unsupportedValue(`${field}.effect`, effect, effects)] : []),
  ]
}

function operatorProblems(field: string, toleration: Toleration): readonly StatusCause[] {
  const { operator = '', value = '' } = toleration
  switch (operator) {
    case '':
    case 'Equal':
      return problem(field, value, labelValueProblem(value))
    case 'Exists':
      return value === '' ? [] : [invalidText(field, tolerationText(toleration), "value must be empty when `operator` is 'Exists'")]
    default:
      return [unsupportedValue(field, operator, ['Equal', 'Exists'])]
  }
}

function tolerationText({ key = '', operator = '', value = '', effect = '' }: Toleration): string {
  const text = (part: string) => JSON.stringify(part)
  const fields = `Key:${text(key)}, Operator:${text(operator)}, Value:${text(value)}, Effect:${text(effect)}`
  return `core.Toleration{${fields}, TolerationSeconds:(*int64)(nil)}`
}

/** Why the tolerations of a pod that is there are refused: they may only be added, or last for another time. */
export function addedTolerationProblems(field: string, next: readonly Toleration[], old: readonly Toleration[]): readonly StatusCause[] {
  const untimed = ({ tolerationSeconds: _seconds, ...rest }: Toleration) => rest
  const lost = old.some((toleration) => !next.some((other) => sameJson(untimed(other), untimed(toleration))))
  if (lost) return [forbiddenValue(field, 'existing toleration can not be modified except its tolerationSeconds')]
  return tolerationProblems(field, next)
}

/** Why the taints of a node are refused. */
export function taintProblems(field: string, taints: readonly Taint[]): readonly StatusCause[] {
  const repeated = repeatedPlaces(taints, ({ key, effect }) => `${key ?? ''}:${effect}`)
  return taints.flatMap((taint, i) => {
    const { key = '', value = '', effect } = taint
    const own = `${field}[${i}]`
    return [
      ...labelKeyProblems(`${own}.key`, key),
      ...problem(`${own}.value`, value, labelValueProblem(value)),
      ...effectProblems(`${own}.effect`, effect),
      ...(repeated.has(i) ? [duplicateTaint(own, taint)] : []),
    ]
  })
}

function effectProblems(field: string, effect: string | undefined): readonly StatusCause[] {
  if (!effect) return [requiredValue(field)]
  return effects.includes(effect) ? [] : [unsupportedValue(field, effect, effects)]
}

function duplicateTaint(field: string, { key, value = '', effect }: Taint): StatusCause {
  const text = `core.Taint{Key:${JSON.stringify(key)}, Value:${JSON.stringify(value)}, Effect:${JSON.stringify(effect)}, TimeAdded:<nil>}`
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${text}: taints must be unique by key and effect pair`, field }
}
