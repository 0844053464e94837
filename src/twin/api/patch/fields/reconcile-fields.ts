import { fieldOf, isJsonObject, type JsonObject } from '../json-object.ts'
import { type MergeSchema, schemaOfField, schemaOfItem } from '../merge-schema.ts'
import { elementsOf, type FieldSet, isEmptySet, isMember, leaf, nodeOf } from './field-set.ts'
import { itemsByElement, mergedItems } from './list-items.ts'
import { ownedBelow } from './owned-fields.ts'

/**
 * A set of fields in the terms of a schema: who owns an object or list as one owns all that is in it where it is merged, and the other way round.
 * The real server does so before every write, in case the schema has changed since. The set itself when there is nothing to do.
 */
export function reconcileFields(set: FieldSet, object: JsonObject, schema: MergeSchema): FieldSet {
  return schema.deduced === true ? set : reconciledBelow(set, object, schema)
}

function reconciledBelow(set: FieldSet, value: unknown, schema: MergeSchema): FieldSet {
  const parts = isJsonObject(value) ? partsOfObject(value, schema) : partsOfList(value, schema)
  let out: Record<string, FieldSet> | undefined
  for (const element of elementsOf(set)) {
    const node = set[element] ?? leaf
    const part = parts(element)
    const next = part === undefined ? node : reconciledNode(node, part.value, part.schema)
    if (next === node) continue
    out ??= { ...set }
    out[element] = next
  }
  return out ?? set
}

function reconciledNode(node: FieldSet, value: unknown, schema: MergeSchema): FieldSet {
  const isOne = schema.atomic === true || (Array.isArray(value) && mergedItems(schema) === undefined)
  if (isOne) return isEmptySet(node) ? node : leaf
  if (!isEmptySet(node)) return reconciledBelow(node, value, schema)
  const below = typeof value === 'object' && value !== null ? ownedBelow(value, schema) : undefined
  return below === undefined ? node : (nodeOf(isMember(node), below) ?? node)
}

interface Part {
  readonly value: unknown
  readonly schema: MergeSchema
}

function partsOfObject(object: JsonObject, schema: MergeSchema): (element: string) => Part | undefined {
  return (element) => {
    if (!element.startsWith('f:')) return undefined
    const field = element.slice(2)
    return { value: fieldOf(object, field), schema: schemaOfField(schema, field) }
  }
}

function partsOfList(value: unknown, schema: MergeSchema): (element: string) => Part | undefined {
  const list = mergedItems(schema)
  if (list === undefined || !Array.isArray(value)) return () => undefined
  const items = itemsByElement(value, list)
  return (element) => ({ value: items.get(element), schema: schemaOfItem(schema) })
}
