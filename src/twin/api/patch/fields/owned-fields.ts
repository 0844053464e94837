import { isJsonObject, type JsonObject } from '../json-object.ts'
import { type MergeSchema, schemaOfField, schemaOfItem } from '../merge-schema.ts'
import { type FieldSet, leaf, nodeOf, noFields } from './field-set.ts'
import { itemsByElement, mergedItems } from './list-items.ts'
import { fieldElement } from './path-element.ts'

/** Declared fields that are null or an empty object are owned; servers before 1.21 do not see them. */
export type EmptyFields = 'EmptyIsOwned' | 'EmptyIsIgnored'

/**
 * The fields that somebody owns who applies this object: its leaves, items of merged lists and keys of maps, and not the declared objects around
 * them. Throws `UnmergeableList`.
 */
export function ownedFields(object: JsonObject, schema: MergeSchema, empty: EmptyFields = 'EmptyIsIgnored'): FieldSet {
  return below(object, schema, empty) ?? noFields
}

/** The fields below a value; undefined when there are none. */
export function ownedBelow(value: unknown, schema: MergeSchema): FieldSet | undefined {
  return below(value, schema, 'EmptyIsIgnored')
}

/** The node of a value, without regard to whether it is itself in the set: `leaf` for what is taken as one. */
function below(value: unknown, schema: MergeSchema, empty: EmptyFields): FieldSet | undefined {
  if (value === null) return undefined
  if (schema.atomic === true) return leaf
  if (isJsonObject(value)) return belowObject(value, schema, empty)
  const list = Array.isArray(value) ? mergedItems(schema) : undefined
  if (list === undefined) return leaf
  const nodes: Record<string, FieldSet> = {}
  for (const [element, item] of itemsByElement(value as readonly unknown[], list)) {
    nodes[element] = asMember(list.applyKeys === 'Value' ? leaf : below(item, schemaOfItem(schema), empty))
  }
  return Object.keys(nodes).length === 0 ? undefined : nodes
}

function belowObject(object: JsonObject, schema: MergeSchema, empty: EmptyFields): FieldSet | undefined {
  const nodes: Record<string, FieldSet> = {}
  for (const [field, value] of Object.entries(object)) {
    const node = below(value, schemaOfField(schema, field), empty)
    if (isData(field, schema) || (empty === 'EmptyIsOwned' && isEmpty(value))) nodes[fieldElement(field)] = asMember(node)
    else if (node !== undefined) nodes[fieldElement(field)] = node
  }
  return Object.keys(nodes).length === 0 ? undefined : nodes
}

/** Whether a field is a key of a map, which is owned by itself. */
function isData(field: string, schema: MergeSchema): boolean {
  return schema.keysAreData === true && !(schema.fields !== undefined && Object.hasOwn(schema.fields, field))
}

function isEmpty(value: unknown): boolean {
  return value === null || (isJsonObject(value) && Object.keys(value).length === 0)
}

function asMember(node: FieldSet | undefined): FieldSet {
  return nodeOf(true, node) ?? leaf
}
