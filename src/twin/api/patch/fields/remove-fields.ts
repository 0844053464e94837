import { isJsonObject, type JsonObject } from '../json-object.ts'
import { type MergeSchema, schemaOfField, schemaOfItem } from '../merge-schema.ts'
import { type FieldSet, isEmptySet, isMember } from './field-set.ts'
import { itemsByElement, mergedItems } from './list-items.ts'
import { fieldElement } from './path-element.ts'

/** An object without the fields of a set and what lies below them; objects and lists that are left empty go as well. */
export function removeFields(object: JsonObject, set: FieldSet, schema: MergeSchema): JsonObject {
  return withoutFields(object, set, schema) ?? {}
}

function withoutFields(object: JsonObject, set: FieldSet, schema: MergeSchema): JsonObject | undefined {
  if (isEmptySet(set)) return object
  const kept: [string, unknown][] = []
  for (const [field, value] of Object.entries(object)) {
    const node = set[fieldElement(field)]
    const left = node === undefined ? value : withoutNode(value, node, schemaOfField(schema, field))
    if (left !== undefined) kept.push([field, left])
  }
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function withoutNode(value: unknown, node: FieldSet, schema: MergeSchema): unknown {
  if (isMember(node)) return undefined
  if (schema.atomic === true) return value
  if (isJsonObject(value)) return withoutFields(value, node, schema)
  return Array.isArray(value) ? withoutItems(value, node, schema) : value
}

function withoutItems(items: readonly unknown[], set: FieldSet, schema: MergeSchema): unknown {
  const list = mergedItems(schema)
  if (list === undefined) return items
  const kept: unknown[] = []
  for (const [element, item] of itemsByElement(items, list)) {
    const node = set[element]
    const left = node === undefined ? item : withoutNode(item, node, schemaOfItem(schema))
    if (left !== undefined) kept.push(left)
  }
  return kept.length === 0 ? undefined : kept
}
