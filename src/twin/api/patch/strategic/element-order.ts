import { goText } from '../go-text.ts'
import { isJsonObject } from '../json-object.ts'
import type { MergeSchema } from '../merge-schema.ts'
import { patchFailed } from '../patch-refusal.ts'
import { patchDirective, withoutDirectives } from './directives.ts'
import { type Identity, interleaved, partition } from './list-order.ts'
import { keyOf, type MergeItems, mergeList } from './merge-list.ts'

export interface OrderedList {
  readonly original: readonly unknown[] | undefined
  readonly patch: readonly unknown[] | undefined
  /** What `$setElementOrder` lists: values, or objects with the merge key. */
  readonly wanted: readonly unknown[]
  readonly schema: MergeSchema
}

/** A list merged with that of a patch, then in the order of `$setElementOrder`; items that it does not list keep their place among the others. */
export function inElementOrder({ original, patch, wanted, schema }: OrderedList, mergeItems: MergeItems): readonly unknown[] {
  const key = schema.list?.patchKey
  const identity: Identity = key === undefined || key === 'Value' ? (item) => item : (item) => keyOf(item, key.field)
  refuseOtherOrder(patch ?? [], wanted, identity)
  if ((original ?? []).length + (patch ?? []).length === 0) throw patchFailed('no elements in any of the given slices')
  const merged =
    original === undefined
      ? (withoutDirectives(patch) as unknown[])
      : patch === undefined
        ? original
        : mergeList({ original, patch, schema }, mergeItems)
  return interleaved(partition(merged, wanted, identity), { patch: wanted, original: original ?? [] }, identity)
}

/** The patch's own items must be among the ordered ones, in that order; those with a directive do not count. */
function refuseOtherOrder(patch: readonly unknown[], wanted: readonly unknown[], identity: Identity): void {
  if (wanted.length === 0) return
  const order = wanted.map(identity)
  let from = 0
  for (const item of patch) {
    if (isJsonObject(item) && Object.hasOwn(item, patchDirective)) continue
    const place = order.indexOf(identity(item), from)
    if (place < 0)
      throw patchFailed(`The order in patch list:\n${goText(patch)}\n doesn't match $setElementOrder list:\n${goText(wanted)}\n`)
    from = place + 1
  }
}
