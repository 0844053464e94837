import type { ListMerge, MergeSchema } from '../merge-schema.ts'
import { elementText, itemElement } from './path-element.ts'

/** A list that cannot be merged as its schema says: an item without its key, or two with the same. */
export class UnmergeableList extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UnmergeableList'
  }
}

/** How server-side apply merges this list's items; undefined when it takes the list as one. */
export function mergedItems(schema: MergeSchema): ListMerge | undefined {
  return schema.atomic === true || schema.list?.applyKeys === undefined ? undefined : schema.list
}

/** The items of a list by their path element, in their order; throws `UnmergeableList`. */
export function itemsByElement(items: readonly unknown[], list: ListMerge): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>()
  items.forEach((item, index) => {
    const key = itemElement(item, list)
    if ('problem' in key) throw new UnmergeableList(`element ${index}: ${key.problem}`)
    if (found.has(key.element)) throw new UnmergeableList(`duplicate entries for key ${elementText(key.element)}`)
    found.set(key.element, item)
  })
  return found
}
