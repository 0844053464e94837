import { isJsonObject, type JsonObject } from '../json-object.ts'
import type { ListMerge, MergeSchema } from '../merge-schema.ts'
import { held } from './type-rule.ts'

/** Of a place where the schema says nothing: objects are maps, their keys data. */
const untyped: MergeSchema = {
  keysAreData: true,
  get element() {
    return untyped
  },
}

const objectMeta: MergeSchema = {
  fields: {
    finalizers: { list: { applyKeys: 'Value' } },
    ownerReferences: { list: { applyKeys: ['uid'] } },
  },
}

/**
 * The merge schema of a custom resource, from its structural schema (`openAPIV3Schema`; undefined when it has none), with `x-kubernetes-list-type`,
 * `x-kubernetes-list-map-keys` and `x-kubernetes-map-type`. Custom resources take no strategic merge patch, so there are no patch keys.
 * Source: Kubernetes docs, "Server-Side Apply", merge strategy.
 */
export function structuralMergeSchema(schema: JsonObject | undefined): MergeSchema {
  const root: MergeSchema = schema === undefined ? { ...untyped, deduced: true } : mergeSchemaOf(schema)
  return { ...root, fields: { ...root.fields, metadata: { ...objectMeta, ...held() } } }
}

function mergeSchemaOf(schema: JsonObject): MergeSchema {
  if (schema.type === 'array') return listSchema(schema)
  if (schema['x-kubernetes-embedded-resource'] === true) return embedded(schema)
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic'
  return { ...objectSchema(schema), ...(isAtomic ? { atomic: true } : {}) }
}

function objectSchema(schema: JsonObject): MergeSchema {
  const values = schema.additionalProperties
  if (isJsonObject(values)) return { keysAreData: true, element: mergeSchemaOf(values) }
  if (!isJsonObject(schema.properties)) return untyped
  const fields = Object.entries(schema.properties).map(([name, field]): [string, MergeSchema] => [
    name,
    isJsonObject(field) ? mergeSchemaOf(field) : untyped,
  ])
  return { fields: Object.fromEntries(fields), keysAreData: true, element: untyped }
}

function embedded(schema: JsonObject): MergeSchema {
  const { fields, ...rest } = objectSchema(schema)
  return { ...rest, fields: { ...fields, metadata: objectMeta } }
}

function listSchema(schema: JsonObject): MergeSchema {
  const element = isJsonObject(schema.items) ? mergeSchemaOf(schema.items) : untyped
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
