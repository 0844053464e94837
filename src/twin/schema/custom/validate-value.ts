import { fieldOf, isJsonObject } from '../../api/patch/json-object.ts'
import { sameJson } from '../../api/same-json.ts'
import { repeatedPlaces } from '../repeated-places.ts'
import { additionalSchema, type JsonSchema } from './json-schema.ts'
import { linearPattern } from './linear-pattern.ts'
import { oldItems } from './old-items.ts'
import type { SchemaFailure } from './schema-failure.ts'
import { hasFormat } from './string-format.ts'

/** How deep a value is looked into; deeper is refused by the size of requests long before. */
const deepest = 500

/** Writes the path of an item of a list. */
export type ItemPath = (path: string, index: number) => string

/**
 * Every way in which a value does not fit a schema, in the order in which the server looks. What is as it was in `old` is not looked at.
 * Source: KEP-4008.
 */
export function schemaFailures(value: unknown, schema: JsonSchema, itemPath: ItemPath, old?: unknown): readonly SchemaFailure[] {
  return failuresOf(value, schema, { path: '', itemPath, depth: 0, old })
}

interface Place {
  readonly path: string
  readonly itemPath: ItemPath
  readonly depth: number
  /** What was here before; undefined where nothing was, or nobody knows which of the old values it is. */
  readonly old: unknown
}

function failuresOf(value: unknown, schema: JsonSchema, place: Place): readonly SchemaFailure[] {
  if (place.depth > deepest) return [{ kind: 'Rule', path: place.path, value: '', rule: 'is nested too deeply' }]
  if (place.old !== undefined && sameJson(value, place.old)) return []
  const type = typeFailure(value, schema, place.path)
  if (value === null || value === undefined) return [...type, ...enumFailure(value, schema, place.path)]
  return [
    ...type,
    ...junctorFailures(value, schema, place),
    ...(typeof value === 'string' ? stringFailures(value, schema, place.path) : []),
    ...(typeof value === 'number' ? numberFailures(value, schema, place.path) : []),
    ...(Array.isArray(value) ? arrayFailures(value, schema, place) : []),
    ...enumFailure(value, schema, place.path),
    ...(isJsonObject(value) ? objectFailures(value, schema, place) : []),
  ]
}

function typeFailure(value: unknown, schema: JsonSchema, path: string): readonly SchemaFailure[] {
  const allowed = schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : schema.type === undefined ? [] : [schema.type]
  if (allowed.length === 0 || (value === null && schema.nullable === true)) return []
  const found = typeName(value)
  if (allowed.includes(found) || (found === 'integer' && allowed.includes('number'))) return []
  return [{ kind: 'Type', path, expected: allowed.join(','), found }]
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function enumFailure(value: unknown, schema: JsonSchema, path: string): readonly SchemaFailure[] {
  if (schema.enum === undefined || (value === null && schema.nullable === true)) return []
  return schema.enum.some((entry) => sameJson(entry, value)) ? [] : [{ kind: 'Enum', path, value, allowed: schema.enum }]
}

function junctorFailures(value: unknown, schema: JsonSchema, place: Place): readonly SchemaFailure[] {
  const { path } = place
  // how alternatives fit together cannot be told from those of them that have changed
  const deeper = { ...place, depth: place.depth + 1, old: undefined }
  const each = (schemas: readonly JsonSchema[] = []) => schemas.map((entry) => failuresOf(value, entry, deeper))
  const failures: SchemaFailure[] = []
  const any = each(schema.anyOf)
  if (any.length > 0 && any.every((list) => list.length > 0)) {
    failures.push({ kind: 'Junctor', path, rule: 'must validate at least one schema (anyOf)' }, ...shortest(any))
  }
  const one = each(schema.oneOf)
  const valid = one.filter((list) => list.length === 0).length
  if (one.length > 0 && valid !== 1) {
    const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`
    failures.push(
      { kind: 'Junctor', path, rule: `must validate one and only one schema (oneOf). ${found}` },
      ...(valid === 0 ? shortest(one) : []),
    )
  }
  const all = each(schema.allOf).flat()
  if (all.length > 0) failures.push(...all, { kind: 'Junctor', path, rule: 'must validate all the schemas (allOf)' })
  if (schema.not !== undefined && failuresOf(value, schema.not, deeper).length === 0) {
    failures.push({ kind: 'Junctor', path, rule: 'must not validate the schema (not)' })
  }
  return failures
}

function shortest(lists: readonly (readonly SchemaFailure[])[]): readonly SchemaFailure[] {
  return lists.toSorted((a, b) => a.length - b.length)[0] ?? []
}

function stringFailures(value: string, schema: JsonSchema, path: string): readonly SchemaFailure[] {
  const failures: SchemaFailure[] = []
  const length = [...value].length
  if (schema.maxLength !== undefined && length > schema.maxLength) failures.push({ kind: 'TooLong', path, limit: schema.maxLength, value })
  if (schema.minLength !== undefined && length < schema.minLength) {
    failures.push({ kind: 'Rule', path, value, rule: `should be at least ${schema.minLength} chars long` })
  }
  if (schema.pattern !== undefined && linearPattern(schema.pattern)?.test(value) === false) {
    failures.push({ kind: 'Rule', path, value, rule: `should match '${schema.pattern}'` })
  }
  if (schema.format !== undefined && !hasFormat(value, schema.format)) {
    failures.push({ kind: 'Rule', path, value, rule: `must be of type ${schema.format}: ${JSON.stringify(value)}` })
  }
  return failures
}

function numberFailures(value: number, schema: JsonSchema, path: string): readonly SchemaFailure[] {
  const { maximum, minimum, multipleOf, exclusiveMaximum = false, exclusiveMinimum = false } = schema
  const failures: SchemaFailure[] = []
  const fail = (rule: string) => failures.push({ kind: 'Rule', path, value, rule })
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) fail(`should be a multiple of ${multipleOf}`)
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    fail(`should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`)
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    fail(`should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`)
  }
  return failures
}

function arrayFailures(value: readonly unknown[], schema: JsonSchema, place: Place): readonly SchemaFailure[] {
  const { path, itemPath, depth } = place
  const { items, minItems, maxItems } = schema
  const before = oldItems(place.old, schema)
  const failures: SchemaFailure[] =
    items === undefined
      ? []
      : value.flatMap((item, index) =>
          failuresOf(item, items, { itemPath, path: itemPath(path, index), depth: depth + 1, old: before(item) }),
        )
  if (minItems !== undefined && value.length < minItems) {
    failures.push({ kind: 'Rule', path, value: value.length, rule: `should have at least ${minItems} items` })
  }
  if (maxItems !== undefined && value.length > maxItems) {
    failures.push({ kind: 'TooMany', path, limit: maxItems, count: value.length, unit: 'items' })
  }
  if (schema.uniqueItems === true && hasDuplicates(value))
    failures.push({ kind: 'Rule', path, value: '', rule: "shouldn't contain duplicates" })
  return failures
}

function hasDuplicates(values: readonly unknown[]): boolean {
  return repeatedPlaces(values, sortedText).size > 0
}

/** The same for values that differ in nothing but the order of their fields. */
function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(byName)) : part,
  )
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}

function objectFailures(value: Readonly<Record<string, unknown>>, schema: JsonSchema, place: Place): readonly SchemaFailure[] {
  const { path } = place
  const { properties = {}, minProperties, maxProperties } = schema
  const names = Object.keys(value)
  const old = isJsonObject(place.old) ? place.old : {}
  if (minProperties !== undefined && names.length < minProperties) {
    return [{ kind: 'Rule', path, value: names.length, rule: `should have at least ${minProperties} properties` }]
  }
  if (maxProperties !== undefined && names.length > maxProperties) {
    return [{ kind: 'TooMany', path, limit: maxProperties, count: names.length, unit: 'properties' }]
  }
  const additional = additionalSchema(schema)
  const fields = names.flatMap((name) => {
    const field = Object.hasOwn(properties, name) ? properties[name] : additional
    if (field === undefined) return []
    const at = path === '' ? name : `${path}.${name}`
    return failuresOf(value[name], field, { ...place, path: at, depth: place.depth + 1, old: fieldOf(old, name) })
  })
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name) && properties[name]?.default === undefined)
  return [...fields, ...missing.map((name) => ({ kind: 'Required' as const, path: path === '' ? name : `${path}.${name}` }))]
}
