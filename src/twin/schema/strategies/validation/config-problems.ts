import type { ConfigMap, Secret } from 'kubernetes-types/core/v1'
import { forbiddenValue, invalidValue } from '../../../api/field-problem.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { immutableProblems, tooLong } from './refusal.ts'
import { secretContentProblems } from './secret-content.ts'

const mostBytes = 1024 * 1024
const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', " +
  "regex used for validation is '[-._a-zA-Z0-9]+')"

/** Why a ConfigMap is refused. Source: Kubernetes API reference, ConfigMap. */
export function configMapProblems(next: ConfigMap, old: ConfigMap | undefined): readonly StatusCause[] {
  const { data = {}, binaryData = {} } = next
  const bytes = sizeOf(data) + base64Size(binaryData)
  return [
    ...(old?.immutable === true ? lockedProblems(next, old, ['data', 'binaryData']) : []),
    ...Object.keys(data).flatMap((key) => [
      ...keyProblems('data', key),
      ...(Object.hasOwn(binaryData, key) ? [invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')] : []),
    ]),
    ...Object.keys(binaryData).flatMap((key) => keyProblems('binaryData', key)),
    ...(bytes > mostBytes ? [tooLong('[]', mostBytes)] : []),
  ]
}

/** Why a Secret is refused; nothing of its content is in the words. Source: Kubernetes API reference, Secret. */
export function secretProblems(next: Secret, old: Secret | undefined): readonly StatusCause[] {
  const { data = {} } = next
  return [
    ...(old === undefined ? [] : immutableProblems('type', next.type, old.type)),
    ...(old?.immutable === true ? lockedProblems(next, old, ['data']) : []),
    ...Object.keys(data).flatMap((key) => keyProblems('data', key)),
    ...(base64Size(data) > mostBytes ? [tooLong('data', mostBytes)] : []),
    ...secretContentProblems(next),
  ]
}

function keyProblems(field: string, key: string): readonly StatusCause[] {
  const causes: StatusCause[] = []
  if (key.length > 253) causes.push(invalidValue(`${field}[${key}]`, key, 'must be no more than 253 characters'))
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) causes.push(invalidValue(`${field}[${key}]`, key, keyRule))
  if (key === '.') causes.push(invalidValue(`${field}[${key}]`, key, "must not be '.'"))
  else if (key.startsWith('..'))
    causes.push(invalidValue(`${field}[${key}]`, key, key === '..' ? "must not be '..'" : "must not start with '..'"))
  return causes
}

/** What has been declared immutable stays as it is, and stays so. */
function lockedProblems<T extends ConfigMap | Secret>(next: T, old: T, fields: readonly ('data' | 'binaryData')[]): readonly StatusCause[] {
  const why = 'field is immutable when `immutable` is set'
  const read = (object: T, field: string) => (object as Readonly<Record<string, unknown>>)[field]
  return [
    ...(next.immutable === true ? [] : [forbiddenValue('immutable', why)]),
    ...fields.flatMap((field) => (sameJson(read(next, field), read(old, field)) ? [] : [forbiddenValue(field, why)])),
  ]
}

function sizeOf(data: Readonly<Record<string, string>>): number {
  return Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0)
}

function base64Size(data: Readonly<Record<string, string>>): number {
  return Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0)
}
