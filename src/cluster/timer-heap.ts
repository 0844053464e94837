import { BinaryHeap } from './binary-heap.ts'

/** A timer that waits; timers of the same time fire in the order in which they were set. */
export interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

interface Entry extends Timer {
  readonly order: number
  cancelled: boolean
}

/** Timers by due time: setting, firing and taking back cost O(log n). */
export class TimerHeap {
  readonly #entries = new BinaryHeap<Entry>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order))
  #order = 0
  #cancelled = 0

  /** The returned function takes the timer back. */
  add(atMs: number, callback: () => void): () => void {
    const entry: Entry = { atMs, callback, order: this.#order++, cancelled: false }
    this.#entries.push(entry)
    return () => {
      if (entry.cancelled) return
      entry.cancelled = true
      this.#cancelled += 1
      if (this.#cancelled > 64 && this.#cancelled * 2 > this.#entries.size) this.#compact()
    }
  }

  peek(): Timer | undefined {
    for (let first = this.#entries.peek(); first !== undefined; first = this.#entries.peek()) {
      if (!first.cancelled) return first
      this.#entries.pop()
      this.#cancelled -= 1
    }
    return undefined
  }

  pop(): Timer | undefined {
    if (this.peek() === undefined) return undefined
    const first = this.#entries.pop()
    // Taking back a timer that has fired does nothing.
    if (first !== undefined) first.cancelled = true
    return first
  }

  /** Timers that are set and taken back over and over (idle limits) must not pile up until they would have been due. */
  #compact(): void {
    this.#entries.retain((entry) => !entry.cancelled)
    this.#cancelled = 0
  }
}
