import { type Clock, sleepBy } from './clock.ts'
import { TimerHeap } from './timer-heap.ts'

export interface VirtualClockOptions {
  /** Epoch milliseconds at the start; 0 unless told. */
  readonly startMs?: number
  /** Waits until all that runs between two timers has come to rest. Unless told: until every promise that is ready has been followed up. */
  readonly settle?: () => Promise<void>
}

/** Time that stands still until `advance` moves it: timers fire in their order, and what each sets off comes to rest before the next. */
export class VirtualClock implements Clock {
  readonly #timers = new TimerHeap()
  readonly #settle: () => Promise<void>
  #nowMs: number

  constructor(options: VirtualClockOptions = {}) {
    this.#nowMs = options.startMs ?? 0
    this.#settle = options.settle ?? nextTurn
  }

  now(): number {
    return this.#nowMs
  }

  after(ms: number, callback: () => void): () => void {
    // whole milliseconds, and never too early: as timers of a machine are
    return this.#timers.add(this.#nowMs + Math.ceil(Math.max(ms, 0)), callback)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepBy(this, ms, signal)
  }

  /** When the next timer is due, epoch ms; `undefined` when nothing waits. */
  nextAtMs(): number | undefined {
    return this.#timers.peek()?.atMs
  }

  /** Moves time forward by `ms`; resolves when every timer due by then has fired and come to rest. */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.#nowMs + ms)
  }

  /** Moves time forward to `atMs`; time never goes back. */
  async advanceTo(atMs: number): Promise<void> {
    if (atMs < this.#nowMs) throw new RangeError(`time does not go back from ${this.#nowMs} to ${atMs}`)
    await this.#settle()
    for (let timer = this.#timers.peek(); timer !== undefined && timer.atMs <= atMs; timer = this.#timers.peek()) {
      this.#timers.pop()
      this.#nowMs = Math.max(this.#nowMs, timer.atMs)
      timer.callback()
      await this.#settle()
    }
    this.#nowMs = Math.max(this.#nowMs, atMs)
  }
}

/** A turn of the event loop begins only when no promise is ready any more. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
