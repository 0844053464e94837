import { goText } from '../go-text.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { type MergeSchema, schemaOfItem } from '../merge-schema.ts'
import { patchDoesNotFit, patchFailed } from '../patch-refusal.ts'
import { patchDirective, withoutDirectives } from './directives.ts'
import { type Identity, interleaved, partition } from './list-order.ts'

/** Merges an item of a list with the one that a patch has for it. */
export type MergeItems = (original: JsonObject, patch: JsonObject, schema: MergeSchema) => JsonObject

export interface ListPatch {
  readonly original: readonly unknown[]
  readonly patch: readonly unknown[]
  readonly schema: MergeSchema
}

/** A list merged with that of a patch: replaced, or merged by value or by merge key and put into the patch's order. */
export function mergeList(list: ListPatch, mergeItems: MergeItems): readonly unknown[] {
  const { original, patch, schema } = list
  const key = schema.list?.patchKey
  if (key === undefined) return patch.map(withoutDirectives)
  if (original.length === 0 && patch.length === 0) return original
  sameTypes([...original, ...patch])
  if (key === 'Value' || !isJsonObject(original[0] ?? patch[0])) {
    const merged = [...new Set([...original, ...patch])]
    return interleaved(partition(merged, patch, itself), { patch, original }, itself)
  }
  return mergeKeyedList(list, key.field, mergeItems)
}

const itself: Identity = (item) => item

/** Refuses lists of lists, and lists whose items are not all of one type. */
function sameTypes(items: readonly unknown[]): void {
  if (Array.isArray(items[0])) throw patchDoesNotFit()
  const types = new Set(items.map((item) => (item === null ? 'null' : Array.isArray(item) ? 'list' : typeof item)))
  if (types.size > 1) throw patchFailed(`list element types are not identical: ${goText(items)}`)
}

function mergeKeyedList({ original, patch, schema }: ListPatch, mergeKey: string, mergeItems: MergeItems): readonly unknown[] {
  const { left, changes, replaces } = followItemDirectives(original as readonly JsonObject[], patch as readonly JsonObject[], mergeKey)
  const merged = replaces ? changes.map((item) => withoutDirectives(item) as JsonObject) : [...left]
  if (!replaces) mergeByKey(merged, changes, { mergeKey, itemSchema: schemaOfItem(schema), mergeItems })
  const identity: Identity = (item) => (item as JsonObject)[mergeKey]
  const order = replaces ? [] : changes
  return interleaved(partition(merged, order, identity), { patch: order, original: replaces ? changes : original }, identity)
}

interface FollowedDirectives {
  readonly left: readonly JsonObject[]
  readonly changes: readonly JsonObject[]
  readonly replaces: boolean
}

/** Items with `$patch`: `delete` takes the item of that key away, `replace` makes the patch's other items the whole list. */
function followItemDirectives(original: readonly JsonObject[], patch: readonly JsonObject[], mergeKey: string): FollowedDirectives {
  const deleted = new Set<unknown>()
  const changes: JsonObject[] = []
  let replaces = false
  for (const item of patch) {
    const directive = item[patchDirective]
    if (directive === undefined) changes.push(item)
    else if (directive === 'delete') deleted.add(keyOf(item, mergeKey))
    else if (directive === 'replace') replaces = true
    else if (directive === 'merge') throw patchFailed('merging lists cannot yet be specified in the patch')
    else throw patchFailed(`unknown patch type: ${goText(directive)} in map: ${goText(item)}`)
  }
  return { left: original.filter((item) => !deleted.has(item[mergeKey])), changes, replaces }
}

interface KeyedMerge {
  readonly mergeKey: string
  readonly itemSchema: MergeSchema
  readonly mergeItems: MergeItems
}

/** Merges each change into the first item with its key, or adds it; changes `merged`. */
function mergeByKey(merged: JsonObject[], changes: readonly JsonObject[], { mergeKey, itemSchema, mergeItems }: KeyedMerge): void {
  const places = new Map<unknown, number>()
  merged.forEach((item, place) => {
    if (!places.has(item[mergeKey])) places.set(item[mergeKey], place)
  })
  for (const change of changes) {
    const key = keyOf(change, mergeKey)
    const place = places.get(key)
    const current = place === undefined ? undefined : merged[place]
    if (place !== undefined && current !== undefined) merged[place] = mergeItems(current, change, itemSchema)
    else places.set(key, merged.push(withoutDirectives(change) as JsonObject) - 1)
  }
}

/** The value of an item's merge key; 500 when it has none. */
export function keyOf(item: unknown, mergeKey: string): unknown {
  if (!isJsonObject(item) || !Object.hasOwn(item, mergeKey)) {
    throw patchFailed(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`)
  }
  return item[mergeKey]
}
