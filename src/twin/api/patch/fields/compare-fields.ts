import { sameJson } from '../../same-json.ts'
import { fieldOf, isJsonObject, type JsonObject } from '../json-object.ts'
import { type ListMerge, type MergeSchema, schemaOfField, schemaOfItem } from '../merge-schema.ts'
import { type FieldSet, leaf, nodeOf, noFields } from './field-set.ts'
import { itemsByElement, mergedItems } from './list-items.ts'
import { fieldElement } from './path-element.ts'

/** What differs between two states of an object. */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

/** What differs at one place: the nodes for its sets, absent where there is nothing to say. */
type Difference = { readonly [set in keyof Comparison]?: FieldSet | undefined }

const same: Difference = {}

/**
 * What a write changes: fields, items of merged lists and keys of maps, and also objects and lists that come or go as a whole. Parts that both
 * states share are not looked at. Throws `UnmergeableList`.
 */
export function compareFields(before: JsonObject, after: JsonObject, schema: MergeSchema): Comparison {
  const { added = noFields, modified = noFields, removed = noFields } = compareObjects(before, after, schema)
  return { added, modified, removed }
}

function compareValues(before: unknown, after: unknown, schema: MergeSchema): Difference {
  if (before === after) return same
  if (schema.atomic === true) return compareLeaves(before, after)
  if (bothAre(isJsonObject, before, after)) return compareObjects(before as JsonObject | undefined, after as JsonObject | undefined, schema)
  const list = mergedItems(schema)
  if (list === undefined || !bothAre(Array.isArray, before, after)) return compareLeaves(before, after)
  return compareLists(before as readonly unknown[] | undefined, after as readonly unknown[] | undefined, {
    list,
    item: schemaOfItem(schema),
  })
}

/** Whether both values, as far as they are there, are of one kind. */
function bothAre(isOfKind: (value: unknown) => boolean, before: unknown, after: unknown): boolean {
  return (before === undefined || isOfKind(before)) && (after === undefined || isOfKind(after))
}

function compareLeaves(before: unknown, after: unknown): Difference {
  if (before === undefined) return after === undefined ? same : { added: leaf }
  if (after === undefined) return { removed: leaf }
  return sameJson(before, after) ? same : { modified: leaf }
}

function compareObjects(before: JsonObject | undefined, after: JsonObject | undefined, schema: MergeSchema): Difference {
  const fields = fieldNames(before, after, schema)
  if (isNothing(before) && isNothing(after) && fields.length === 0) return compareLeaves(before, after)
  const parts = fields.map((field): [string, Difference] => {
    const of = schemaOfField(schema, field)
    const isWhole = before === undefined || after === undefined
    return [fieldElement(field), compareValues(valueIn(before, field, schema, isWhole), valueIn(after, field, schema, isWhole), of)]
  })
  return together(parts, before === undefined, after === undefined)
}

function isNothing(value: JsonObject | readonly unknown[] | undefined): boolean {
  return value === undefined || Object.keys(value).length === 0
}

/** Every field that one of the objects has, or that is held even when empty. */
function fieldNames(before: JsonObject | undefined, after: JsonObject | undefined, schema: MergeSchema): readonly string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  for (const [field, of] of Object.entries(schema.fields ?? {})) {
    if (of.present === true && of.list === undefined) names.add(field)
  }
  return [...names]
}

/**
 * A field's value. A declared one that is null is no different from one that is not there, except in an object that comes or goes as a whole;
 * one that is held always counts as there.
 */
function valueIn(object: JsonObject | undefined, field: string, schema: MergeSchema, isWhole: boolean): unknown {
  if (object === undefined) return undefined
  const value = fieldOf(object, field)
  if (value !== undefined && (value !== null || isWhole || schema.keysAreData === true)) return value
  const of = schema.fields && fieldOf(schema.fields, field)
  if (of?.zero !== undefined) return of.zero
  if (of?.present !== true) return undefined
  return of.list === undefined ? {} : []
}

interface MergedList {
  readonly list: ListMerge
  readonly item: MergeSchema
}

function compareLists(
  before: readonly unknown[] | undefined,
  after: readonly unknown[] | undefined,
  { list, item }: MergedList,
): Difference {
  if (isNothing(before) && isNothing(after)) return compareLeaves(before, after)
  const [left, right] = [itemsByElement(before ?? [], list), itemsByElement(after ?? [], list)]
  const parts = [...new Set([...left.keys(), ...right.keys()])].map((element): [string, Difference] => [
    element,
    compareValues(left.get(element), right.get(element), item),
  ])
  return together(parts, before === undefined, after === undefined)
}

function together(parts: readonly (readonly [string, Difference])[], isNew: boolean, isGone: boolean): Difference {
  const added: Record<string, FieldSet> = {}
  const modified: Record<string, FieldSet> = {}
  const removed: Record<string, FieldSet> = {}
  for (const [element, part] of parts) {
    if (part === same) continue
    if (part.added !== undefined) added[element] = part.added
    if (part.modified !== undefined) modified[element] = part.modified
    if (part.removed !== undefined) removed[element] = part.removed
  }
  return { added: nodeOf(isNew, added), modified: nodeOf(false, modified), removed: nodeOf(isGone, removed) }
}
