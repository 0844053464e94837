import { fieldOf, type JsonObject } from '../../api/patch/json-object.ts'
import { additionalSchema, type JsonSchema } from './json-schema.ts'

/** What was taken away: the path of each field that no schema knows. */
export interface Pruned {
  readonly value: unknown
  readonly unknown: readonly string[]
}

const metaFields = new Set(['apiVersion', 'kind', 'metadata'])

/**
 * Takes away what the schema does not specify, but `apiVersion`, `kind` and `metadata` of the object itself and of embedded ones.
 * `x-kubernetes-preserve-unknown-fields` keeps what is there, and specified fields below it are pruned again.
 * Source: Kubernetes, Field pruning.
 */
export function pruneObject(object: JsonObject, schema: JsonSchema): Pruned {
  const unknown: string[] = []
  const value = pruneValue(object, { ...schema, 'x-kubernetes-embedded-resource': true }, '', unknown)
  return { value, unknown }
}

function pruneValue(value: unknown, schema: JsonSchema | undefined, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) return pruneList(value, schema, path, unknown)
  if (typeof value !== 'object' || value === null) return value
  return pruneFields(value as JsonObject, schema ?? {}, path, unknown)
}

function pruneList(list: readonly unknown[], schema: JsonSchema | undefined, path: string, unknown: string[]): readonly unknown[] {
  const keeps = schema?.['x-kubernetes-preserve-unknown-fields'] === true
  const items = keeps && schema?.items === undefined ? keepAll : schema?.items
  const next = list.map((item, index) => pruneValue(item, items, `${path}[${index}]`, unknown))
  return next.every((item, index) => item === list[index]) ? list : next
}

const keepAll: JsonSchema = { 'x-kubernetes-preserve-unknown-fields': true }

function pruneFields(object: JsonObject, schema: JsonSchema, path: string, unknown: string[]): JsonObject {
  const keeps = schema['x-kubernetes-preserve-unknown-fields'] === true
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  const additional = additionalSchema(schema)
  let changed = false
  const entries: [string, unknown][] = []
  for (const [name, value] of Object.entries(object)) {
    const at = path === '' ? name : `${path}.${name}`
    const field = fieldOf(schema.properties ?? {}, name) ?? additional
    const kept = (embedded && metaFields.has(name)) || (field === undefined && keeps)
    if (!kept && field === undefined) {
      unknown.push(at)
      changed = true
      continue
    }
    const next = kept ? value : pruneValue(value, field, at, unknown)
    changed ||= next !== value
    entries.push([name, next])
  }
  return changed ? Object.fromEntries(entries) : object
}
