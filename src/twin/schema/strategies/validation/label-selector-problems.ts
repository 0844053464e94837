import type { LabelSelector } from 'kubernetes-types/meta/v1'
import { labelKeyProblem, labelValueProblem } from '../../../../core/kubernetes/label-syntax.ts'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { problem } from './refusal.ts'

/** Why labels (of an object, a template, a node selector) are refused; keys and values both stand under `field`. */
export function labelProblems(field: string, labels: Readonly<Record<string, string>> | null | undefined): readonly StatusCause[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...labelKeyProblems(field, key),
    ...problem(field, value, labelValueProblem(value)),
  ])
}

/** Why the key of a label is refused; of an empty one the server says two things. */
export function labelKeyProblems(field: string, key: string): readonly StatusCause[] {
  return [...problem(field, key, labelKeyProblem(key)), ...(key === '' ? problem(field, key, labelKeyProblem('-')) : [])]
}

/** Why a label selector is refused; nothing when there is none. Source: Kubernetes, apimachinery ValidateLabelSelector. */
export function selectorProblems(field: string, selector: LabelSelector | null | undefined): readonly StatusCause[] {
  if (!selector) return []
  return [
    ...labelProblems(`${field}.matchLabels`, selector.matchLabels),
    ...(selector.matchExpressions ?? []).flatMap((expression, i) => expressionProblems(`${field}.matchExpressions[${i}]`, expression)),
  ]
}

type Expression = NonNullable<LabelSelector['matchExpressions']>[number]

function expressionProblems(field: string, { key, operator, values }: Expression): readonly StatusCause[] {
  return [...selectorOperatorProblems(field, operator, values ?? []), ...labelKeyProblems(`${field}.key`, key ?? '')]
}

/** Why the operator of a requirement, or its values, are refused. */
export function selectorOperatorProblems(field: string, operator: string, values: readonly string[]): readonly StatusCause[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0 ? [] : [requiredValue(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [forbiddenValue(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    default:
      return [invalidValue(`${field}.operator`, operator ?? '', 'not a valid selector operator')]
  }
}

/** A selector as the API server prints it into its messages. */
export function selectorGoText(selector: LabelSelector | null | undefined): string {
  const labels = selector?.matchLabels
  const pairs = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const map = labels ? `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(', ')}}` : '(nil)'
  const expressions = selector?.matchExpressions
  const list = expressions ? `{${expressions.map(expressionGoText).join(', ')}}` : '(nil)'
  return `v1.LabelSelector{MatchLabels:map[string]string${map}, MatchExpressions:[]v1.LabelSelectorRequirement${list}}`
}

function expressionGoText({ key, operator, values }: Expression): string {
  const list = values ? `{${values.map((value) => JSON.stringify(value)).join(', ')}}` : '(nil)'
  return `v1.LabelSelectorRequirement{Key:${JSON.stringify(key)}, Operator:${JSON.stringify(operator)}, Values:[]string${list}}`
}
