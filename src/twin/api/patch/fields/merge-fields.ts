import { isJsonObject, type JsonObject } from '../json-object.ts'
import { type ListMerge, type MergeSchema, schemaOfField, schemaOfItem } from '../merge-schema.ts'
import { itemsByElement, mergedItems } from './list-items.ts'

/**
 * An object with what somebody applies laid over it: objects and keyed lists merge, the applied value wins everywhere else. Items that are new
 * come after those that are there. Throws `UnmergeableList`.
 */
export function mergeFields(live: JsonObject, applied: JsonObject, schema: MergeSchema): JsonObject {
  const fields = new Map(Object.entries(live))
  for (const [field, value] of Object.entries(applied)) {
    fields.set(field, mergeValues(fields.get(field), value, schemaOfField(schema, field)))
  }
  return Object.fromEntries(fields)
}

function mergeValues(live: unknown, applied: unknown, schema: MergeSchema): unknown {
  if (live === undefined || schema.atomic === true) return applied
  if (isJsonObject(live)) {
    if (applied === null && Object.keys(live).length > 0) return live
    return isJsonObject(applied) ? mergeFields(live, applied, schema) : applied
  }
  const list = Array.isArray(live) ? mergedItems(schema) : undefined
  if (list === undefined) return applied
  if (applied === null && (live as readonly unknown[]).length > 0) return live
  return Array.isArray(applied) ? mergeLists(live as readonly unknown[], applied, { list, item: schemaOfItem(schema) }) : applied
}

interface MergedList {
  readonly list: ListMerge
  readonly item: MergeSchema
}

function mergeLists(live: readonly unknown[], applied: readonly unknown[], { list, item }: MergedList): readonly unknown[] {
  const merged = new Map(itemsByElement(live, list))
  for (const [element, value] of itemsByElement(applied, list)) merged.set(element, mergeValues(merged.get(element), value, item))
  return [...merged.values()]
}
