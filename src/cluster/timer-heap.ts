/** A timer that waits; timers of the same time fire in the order in which they were set. */
export interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

interface Entry extends Timer {
  readonly order: number
  cancelled: boolean
}

/** Timers by due time (a binary heap): setting, firing and taking back cost O(log n). */
export class TimerHeap {
  #entries: Entry[] = []
  #order = 0
  #cancelled = 0

  /** The returned function takes the timer back. */
  add(atMs: number, callback: () => void): () => void {
    const entry: Entry = { atMs, callback, order: this.#order++, cancelled: false }
    this.#insert(entry)
    return () => {
      if (entry.cancelled) return
      entry.cancelled = true
      this.#cancelled += 1
      if (this.#cancelled > 64 && this.#cancelled * 2 > this.#entries.length) this.#compact()
    }
  }

  peek(): Timer | undefined {
    while (this.#entries[0]?.cancelled) this.#removeFirst()
    return this.#entries[0]
  }

  pop(): Timer | undefined {
    this.peek()
    const first = this.#entries[0]
    if (first === undefined) return undefined
    this.#removeFirst()
    // Taking back a timer that has fired does nothing.
    first.cancelled = true
    return first
  }

  #insert(entry: Entry): void {
    this.#entries.push(entry)
    this.#rise(this.#entries.length - 1)
  }

  /** Timers that are set and taken back over and over (idle limits) must not pile up until they would have been due. */
  #compact(): void {
    const waiting = this.#entries.filter((entry) => !entry.cancelled)
    this.#entries = []
    this.#cancelled = 0
    for (const entry of waiting) this.#insert(entry)
  }

  #removeFirst(): void {
    if (this.#entries[0]?.cancelled) this.#cancelled -= 1
    const last = this.#entries.pop()
    if (last === undefined || this.#entries.length === 0) return
    this.#entries[0] = last
    this.#sink(0)
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(from: number): void {
    let at = from
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const child = this.#isBefore(right, left) ? right : left
      if (!this.#isBefore(child, at)) return
      this.#swap(at, child)
      at = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [x, y] = [this.#entries[a], this.#entries[b]]
    if (x === undefined || y === undefined) return x !== undefined
    return x.atMs < y.atMs || (x.atMs === y.atMs && x.order < y.order)
  }

  #swap(a: number, b: number): void {
    const [x, y] = [this.#entries[a], this.#entries[b]]
    if (x === undefined || y === undefined) return
    this.#entries[a] = y
    this.#entries[b] = x
  }
}
