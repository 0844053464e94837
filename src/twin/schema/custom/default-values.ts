import type { JsonObject } from '../../api/patch/json-object.ts'
import { additionalSchema, type JsonSchema } from './json-schema.ts'

/**
 * Fills in the defaults of a schema, and takes away nulls that it does not allow and has no default for. Shares what is unchanged.
 * Source: Kubernetes, Defaulting of CustomResourceDefinitions, and Defaulting and Nullable.
 */
export function withDefaults(value: unknown, schema: JsonSchema | undefined): unknown {
  if (schema === undefined) return value
  if (Array.isArray(value)) return defaultedList(value, schema)
  return typeof value === 'object' && value !== null ? defaultedFields(value as JsonObject, schema) : value
}

function defaultedList(list: readonly unknown[], { items }: JsonSchema): readonly unknown[] {
  if (items === undefined) return list
  const next = list.map((item) => withDefaults(refusesNull(item, items) ? (items.default ?? item) : item, items))
  return next.every((item, index) => item === list[index]) ? list : next
}

function defaultedFields(object: JsonObject, schema: JsonSchema): JsonObject {
  const { properties = {} } = schema
  const additional = additionalSchema(schema)
  let changed = false
  const next: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(object)) {
    const field = Object.hasOwn(properties, name) ? properties[name] : additional
    const filled = field !== undefined && refusesNull(value, field) ? field.default : value
    changed ||= filled !== value
    if (filled === undefined) continue
    setOwn(next, name, withDefaults(filled, field))
    changed ||= next[name] !== value
  }
  for (const [name, field] of Object.entries(properties)) {
    if (field.default === undefined || Object.hasOwn(object, name)) continue
    setOwn(next, name, withDefaults(field.default, field))
    changed = true
  }
  return changed ? next : object
}

function refusesNull(value: unknown, schema: JsonSchema): boolean {
  return value === null && schema.nullable !== true
}

/** Also for a field called `__proto__`. */
function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
}
