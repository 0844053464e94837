import { invalidValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { invalidText } from './refusal.ts'

const percentRule =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"

/** Why a number or a share of pods is refused: below zero, or no percentage. */
export function intOrPercentProblems(field: string, value: number | string | undefined): readonly StatusCause[] {
  if (value === undefined) return []
  if (typeof value === 'number') return value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : []
  return /^[0-9]+%$/.test(value) ? [] : [invalidText(field, intOrStringText(value), percentRule)]
}

/** A share that is more than everything. */
export function tooMuchProblems(field: string, value: number | string | undefined): readonly StatusCause[] {
  if (typeof value !== 'string' || !/^[0-9]+%$/.test(value) || Number(value.slice(0, -1)) <= 100) return []
  return [invalidText(field, intOrStringText(value), 'must not be greater than 100%')]
}

/** Whether a number or a share says none at all. */
export function isNone(value: number | string | undefined): boolean {
  return value === undefined || Number.parseInt(String(value), 10) === 0
}

/** As the API server prints it. */
export function intOrStringText(value: number | string | undefined): string {
  const text = typeof value === 'string' ? value : ''
  const number = typeof value === 'number' ? value : 0
  return `intstr.IntOrString{Type:${typeof value === 'string' ? 1 : 0}, IntVal:${number}, StrVal:${JSON.stringify(text)}}`
}
