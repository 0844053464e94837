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
  const parts = new DifferenceParts()
  const isWhole = before === undefined || after === undefined
  const compare = (field: string) => {
    const left = valueIn(before, field, schema, isWhole)
    const right = valueIn(after, field, schema, isWhole)
    if (left !== right) parts.put(fieldElement(field), compareValues(left, right, schemaOfField(schema, field)))
  }
  let isEmpty = true
  for (const field of fieldNames(before, after, schema)) {
    isEmpty = false
    compare(field)
  }
  return isEmpty ? compareLeaves(before, after) : parts.together(before === undefined, after === undefined)
}

/** Every field that one of the objects has, or that is held even when empty. */
function* fieldNames(before: JsonObject | undefined, after: JsonObject | undefined, schema: MergeSchema): Iterable<string> {
  for (const field in after) yield field
  for (const field in before) {
    if (after === undefined || !Object.hasOwn(after, field)) yield field
  }
  for (const field in schema.fields) {
    if (isHeld(schema.fields[field]) && !has(before, field) && !has(after, field)) yield field
  }
}

function isHeld(schema: MergeSchema | undefined): boolean {
  return schema?.present === true && schema.list === undefined
}

function has(object: JsonObject | undefined, field: string): boolean {
  return object !== undefined && Object.hasOwn(object, field)
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
  if ((before ?? []).length === 0 && (after ?? []).length === 0) return compareLeaves(before, after)
  const [left, right] = [itemsByElement(before ?? [], list), itemsByElement(after ?? [], list)]
  const parts = new DifferenceParts()
  for (const [element, value] of right) parts.put(element, compareValues(left.get(element), value, item))
  for (const [element, value] of left) {
    if (!right.has(element)) parts.put(element, compareValues(value, undefined, item))
  }
  return parts.together(before === undefined, after === undefined)
}

/** What differs in the fields or items of one place. */
class DifferenceParts {
  #added: Record<string, FieldSet> | undefined
  #modified: Record<string, FieldSet> | undefined
  #removed: Record<string, FieldSet> | undefined

  put(element: string, { added, modified, removed }: Difference): void {
    if (added !== undefined) {
      this.#added ??= {}
      this.#added[element] = added
    }
    if (modified !== undefined) {
      this.#modified ??= {}
      this.#modified[element] = modified
    }
    if (removed !== undefined) {
      this.#removed ??= {}
      this.#removed[element] = removed
    }
  }

  together(isNew: boolean, isGone: boolean): Difference {
    const [added, removed] = [nodeOf(isNew, this.#added), nodeOf(isGone, this.#removed)]
    return added === undefined && removed === undefined && this.#modified === undefined
      ? same
      : { added, modified: this.#modified, removed }
  }
}
