import { isJsonObject, type JsonObject } from '../json-object.ts'
import type { ListMerge, MergeSchema } from '../merge-schema.ts'
import { held } from './type-rule.ts'

/** Of a kind without a schema: objects are maps all the way down, their keys data. */
const untyped: MergeSchema = {
  keysAreData: true,
  get element() {
    return untyped
  },
}

/** Of an object of which no fields are declared: each key is data, each value is taken as one. */
const unstructured: MergeSchema = { keysAreData: true, element: { atomic: true } }

const objectMeta: MergeSchema = {
  fields: {
    finalizers: { list: { applyKeys: 'Value' } },
    ownerReferences: { list: { applyKeys: ['uid'] } },
  },
}

/**
 * The merge schema of a custom resource, from its structural schema (`openAPIV3Schema`; undefined when it has none), with `x-kubernetes-list-type`,
 * `x-kubernetes-list-map-keys` and `x-kubernetes-map-type`. Custom resources take no strategic merge patch, so there are no patch keys.
 * What `x-kubernetes-preserve-unknown-fields` lets in is merged one level deep, and since 1.21 (`minor`, 20 unless told) all the way down.
 * Source: Kubernetes docs, "Server-Side Apply", merge strategy.
 */
export function structuralMergeSchema(schema: JsonObject | undefined, minor = 20): MergeSchema {
  const root: MergeSchema =
    schema === undefined ? { ...untyped, deduced: true } : mergeSchemaOf(schema, minor >= 21 ? untyped : unstructured)
  return { ...root, fields: { ...root.fields, metadata: { ...objectMeta, ...held() } } }
}

function mergeSchemaOf(schema: JsonObject, unknown: MergeSchema): MergeSchema {
  if (schema.type === 'array') return listSchema(schema, unknown)
  if (schema['x-kubernetes-embedded-resource'] === true) return embedded(schema, unknown)
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic'
  return { ...objectSchema(schema, unknown), ...(isAtomic ? { atomic: true } : {}) }
}

function objectSchema(schema: JsonObject, unknown: MergeSchema): MergeSchema {
  const values = schema.additionalProperties
  if (isJsonObject(values)) return { keysAreData: true, element: mergeSchemaOf(values, unknown) }
  if (!isJsonObject(schema.properties)) return unknown
  const fields = Object.entries(schema.properties).map(([name, field]): [string, MergeSchema] => [
    name,
    isJsonObject(field) ? mergeSchemaOf(field, unknown) : unknown,
  ])
  return { fields: Object.fromEntries(fields), ...unknown }
}

function embedded(schema: JsonObject, unknown: MergeSchema): MergeSchema {
  const { fields, ...rest } = objectSchema(schema, unknown)
  return { ...rest, fields: { ...fields, metadata: objectMeta } }
}

function listSchema(schema: JsonObject, unknown: MergeSchema): MergeSchema {
  const element = isJsonObject(schema.items) ? mergeSchemaOf(schema.items, unknown) : unknown
  const list = listMerge(schema, isJsonObject(schema.items) ? schema.items : {})
  return list === undefined ? { element } : { element, list }
}

function listMerge(schema: JsonObject, items: JsonObject): ListMerge | undefined {
  if (schema['x-kubernetes-list-type'] === 'set') return { applyKeys: 'Value' }
  const keys = schema['x-kubernetes-list-map-keys']
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(keys)) return undefined
  const applyKeys = keys.filter((key) => typeof key === 'string')
  const keyDefaults = defaultsOf(items, applyKeys)
  return Object.keys(keyDefaults).length === 0 ? { applyKeys } : { applyKeys, keyDefaults }
}

function defaultsOf(items: JsonObject, keys: readonly string[]): JsonObject {
  const properties = isJsonObject(items.properties) ? items.properties : {}
  const found = keys.flatMap((key): [string, unknown][] => {
    const property = properties[key]
    return isJsonObject(property) && property.default !== undefined ? [[key, property.default]] : []
  })
  return Object.fromEntries(found)
}
