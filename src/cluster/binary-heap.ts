/** What is first of many, by an order that is given: putting in and taking out cost O(log n). */
export class BinaryHeap<T> {
  readonly #items: T[] = []
  readonly #isBefore: (a: T, b: T) => boolean

  /** `isBefore` is a strict order; of items of which neither is before the other, any may come first. */
  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent] as T
      if (!this.#isBefore(item, above)) break
      items[at] = above
      at = parent
    }
    items[at] = item
  }

  pop(): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (last !== undefined && items.length > 0) this.#sink(last)
    return first
  }

  /** Throws away all but what `keeps`. */
  retain(keeps: (item: T) => boolean): void {
    const kept = this.#items.filter(keeps)
    this.#items.length = 0
    for (const item of kept) this.push(item)
  }

  /** Finds the place of an item that may be too late for the top. */
  #sink(item: T): void {
    const items = this.#items
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && this.#isBefore(items[child + 1] as T, items[child] as T)) child += 1
      const below = items[child] as T
      if (!this.#isBefore(below, item)) break
      items[at] = below
      at = child
    }
    items[at] = item
  }
}
