import { invalidValue, requiredValue } from '../../api/field-problem.ts'
import type { StatusCause } from '../../api/status-error.ts'

/** One way in which a value does not fit its schema; `path` is that of the value: `spec.rules[0].host`, empty for the whole object. */
export type SchemaFailure =
  | { readonly kind: 'Type'; readonly path: string; readonly expected: string; readonly found: string }
  | { readonly kind: 'Required'; readonly path: string }
  | { readonly kind: 'Enum'; readonly path: string; readonly value: unknown; readonly allowed: readonly unknown[] }
  | { readonly kind: 'TooLong'; readonly path: string; readonly limit: number; readonly value: unknown }
  | {
      readonly kind: 'TooMany'
      readonly path: string
      readonly limit: number
      readonly count: number
      readonly unit: 'items' | 'properties'
    }
  | { readonly kind: 'Rule'; readonly path: string; readonly value: unknown; readonly rule: string }
  | { readonly kind: 'Junctor'; readonly path: string; readonly rule: string }

/** From this minor on what is too long or too many is said so. */
const saysTooMuch = 23

/** What a client is told, in the words of a server of that minor. Source: apiextensions-apiserver, validation of custom resources. */
export function causeOf(failure: SchemaFailure, minor: number): StatusCause {
  const { path } = failure
  switch (failure.kind) {
    case 'Required':
      return requiredValue(path)
    case 'Enum':
      return { reason: 'FieldValueNotSupported', message: unsupported(failure.value, failure.allowed), field: path }
    case 'Type':
      return typeCause(failure, minor)
    case 'TooLong':
      return tooLong(failure, minor)
    case 'TooMany':
      return tooMany(failure, minor)
    case 'Rule':
      return invalidValue(path, failure.value, `${inBody(path)} ${failure.rule}`)
    case 'Junctor':
      return invalidValue('<nil>', '', `${JSON.stringify(path)} ${failure.rule}`)
  }
}

function typeCause({ path, expected, found }: SchemaFailure & { kind: 'Type' }, minor: number): StatusCause {
  const reason = minor >= 23 ? 'FieldValueTypeInvalid' : 'FieldValueInvalid'
  const message = `Invalid value: ${JSON.stringify(found)}: ${inBody(path)} must be of type ${expected}: ${JSON.stringify(found)}`
  return { reason, message, field: path }
}

function tooLong({ path, limit, value }: SchemaFailure & { kind: 'TooLong' }, minor: number): StatusCause {
  if (minor < saysTooMuch) return invalidValue(path, value, `${inBody(path)} should be at most ${limit} chars long`)
  const unit = minor >= 32 ? 'bytes' : ''
  return {
    reason: 'FieldValueTooLong',
    message: `Too long: may not be ${unit === '' ? 'longer' : 'more'} than ${limit}${unit && ` ${unit}`}`,
    field: path,
  }
}

function tooMany({ path, limit, count, unit }: SchemaFailure & { kind: 'TooMany' }, minor: number): StatusCause {
  if (minor < saysTooMuch) return invalidValue(path, count, `${inBody(path)} should have at most ${limit} ${unit}`)
  return { reason: 'FieldValueTooMany', message: `Too many: ${count}: must have at most ${limit} items`, field: path }
}

function unsupported(value: unknown, allowed: readonly unknown[]): string {
  const names = allowed.map((entry) => JSON.stringify(typeof entry === 'string' ? entry : JSON.stringify(entry)))
  return `Unsupported value: ${JSON.stringify(value)}: supported values: ${names.join(', ')}`
}

function inBody(path: string): string {
  return `${path} in body`
}
