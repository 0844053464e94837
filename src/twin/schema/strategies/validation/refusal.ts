import { invalidValue } from '../../../api/field-problem.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'

/** A value that is not one of those that there are. Source: Kubernetes, apimachinery util/validation/field. */
export function unsupportedValue(field: string, value: unknown, supported: readonly string[]): StatusCause {
  const list = supported.map((one) => JSON.stringify(one)).join(', ')
  return { reason: 'FieldValueNotSupported', message: `Unsupported value: ${goValue(value)}: supported values: ${list}`, field }
}

/** A value that must be there only once. */
export function duplicateValue(field: string, value: unknown): StatusCause {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${goValue(value)}`, field }
}

/** A value that names something which is not there. */
export function missingValue(field: string, value: unknown): StatusCause {
  return { reason: 'FieldValueNotFound', message: `Not found: ${goValue(value)}`, field }
}

/** A value that is refused, in words of its own instead of JSON: `map[string]string{"a":"b"}`. */
export function invalidText(field: string, text: string, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${text}: ${why}`, field }
}

/** A text that is longer than `most` bytes. */
export function tooLong(field: string, most: number): StatusCause {
  return { reason: 'FieldValueTooLong', message: `Too long: must have at most ${most} bytes`, field }
}

/** A list with more than `most` items. */
export function tooManyItems(field: string, count: number, most: number): StatusCause {
  return { reason: 'FieldValueTooMany', message: `Too many: ${count}: must have at most ${most} items`, field }
}

/** A number below zero; nothing when there is none. */
export function negativeProblems(field: string, value: unknown): readonly StatusCause[] {
  return typeof value === 'number' && value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : []
}

/** A field that is not what it was. */
export function immutableProblems(field: string, next: unknown, old: unknown): readonly StatusCause[] {
  return sameJson(next, old) ? [] : [invalidText(field, goValue(next), 'field is immutable')]
}

/** `why` as a cause of `field`, when there is one. */
export function problem(field: string, value: unknown, why: string | undefined): readonly StatusCause[] {
  return why === undefined ? [] : [invalidValue(field, value, why)]
}

/** A value as the API server, which is written in Go, prints it into its messages; objects are taken for maps of text. */
export function goValue(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (Array.isArray(value)) return `[]string{${value.map(goValue).join(', ')}}`
  if (typeof value === 'object') return goMap(value as Readonly<Record<string, unknown>>)
  return JSON.stringify(value)
}

function goMap(map: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[string]string{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(', ')}}`
}
