import { isJsonObject, type JsonObject } from '../../api/patch/json-object.ts'
import type { StatusCause } from '../../api/status-error.ts'
import { repeatedPlaces } from '../repeated-places.ts'
import { additionalSchema, type JsonSchema } from './json-schema.ts'

/**
 * Items that are more than once in a list where each may be there once: those of a set, and those of a list that keys tell apart.
 * Source: apiextensions-apiserver, ValidateListSetsAndMaps.
 */
export function listProblems(value: unknown, schema: JsonSchema | undefined, path = ''): readonly StatusCause[] {
  if (schema === undefined) return []
  if (Array.isArray(value)) return [...repeatedItems(value, schema, path), ...itemProblems(value, schema, path)]
  return isJsonObject(value) ? fieldProblems(value, schema, path) : []
}

function itemProblems(list: readonly unknown[], { items }: JsonSchema, path: string): readonly StatusCause[] {
  return list.flatMap((item, index) => listProblems(item, items, `${path}[${index}]`))
}

function fieldProblems(object: JsonObject, schema: JsonSchema, path: string): readonly StatusCause[] {
  const { properties = {} } = schema
  const additional = additionalSchema(schema)
  return Object.entries(object).flatMap(([name, value]) => {
    if (Object.hasOwn(properties, name)) return listProblems(value, properties[name], path === '' ? name : `${path}.${name}`)
    return listProblems(value, additional, `${path}[${name}]`)
  })
}

function repeatedItems(list: readonly unknown[], schema: JsonSchema, path: string): readonly StatusCause[] {
  const keyed = identities(list, schema)
  // what is there three times is told once
  const told = new Set<string>()
  return [...repeatedPlaces(keyed, goSyntax)].flatMap((index) => {
    const text = goSyntax(keyed[index])
    if (told.has(text)) return []
    told.add(text)
    return [{ reason: 'FieldValueDuplicate', message: `Duplicate value: ${text}`, field: `${path}[${index}]` }]
  })
}

/** What each item is known by; nothing where a list may hold the same twice. */
function identities(list: readonly unknown[], schema: JsonSchema): readonly unknown[] {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return list
    case 'map':
      return list.map((item) => keysOf(item, schema['x-kubernetes-list-map-keys'] ?? []))
    default:
      return []
  }
}

function keysOf(item: unknown, names: readonly string[]): JsonObject {
  if (!isJsonObject(item)) return {}
  return Object.fromEntries(names.filter((name) => Object.hasOwn(item, name)).map((name) => [name, item[name]]))
}

/** A JSON value as Go writes it (`%#v`): fields in their order. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const fields = Object.keys(value).sort()
  return `map[string]interface {}{${fields.map((name) => `${JSON.stringify(name)}:${goSyntax(value[name])}`).join(', ')}}`
}
