import { type Clock, sleepBy } from './clock.ts'
import { TimerHeap } from './timer-heap.ts'

export interface VirtualClockOptions {
  /** Epoch milliseconds at the start; 0 unless told. */
  readonly startMs?: number
  /** Waits until all that runs between two timers has come to rest. Unless told: until every promise that is ready has been followed up. */
  readonly settle?: () => Promise<void>
}

/** A round of the event loop costs more than most of what runs in it, so turns are asked for ahead: one, then two, up to so many. */
const mostTurnsAhead = 64

/** Time that stands still until `advance` moves it: timers fire in their order, and what each sets off comes to rest before the next. */
export class VirtualClock implements Clock {
  readonly #timers = new TimerHeap()
  readonly #settle: (() => Promise<void>) | undefined
  #nowMs: number

  constructor(options: VirtualClockOptions = {}) {
    this.#nowMs = options.startMs ?? 0
    this.#settle = options.settle
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
    if (this.#settle === undefined) await this.#fireInTurns(atMs)
    else await this.#fireSettled(atMs, this.#settle)
    this.#nowMs = Math.max(this.#nowMs, atMs)
  }

  async #fireSettled(atMs: number, settle: () => Promise<void>): Promise<void> {
    await settle()
    while (this.#fireNext(atMs)) await settle()
  }

  /** A timer each turn: a turn of the event loop begins only when no promise is ready any more. */
  #fireInTurns(atMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let over = false
      const turn = () => {
        if (over) return
        try {
          if (this.#fireNext(atMs)) return
          over = true
          resolve()
        } catch (error) {
          over = true
          reject(error)
        }
      }
      const ask = (turns: number) => {
        for (let asked = 1; asked < turns; asked += 1) setImmediate(turn)
        setImmediate(() => {
          turn()
          if (!over) ask(Math.min(2 * turns, mostTurnsAhead))
        })
      }
      ask(1)
    })
  }

  /** Fires the next timer that is due by then; false when none is. */
  #fireNext(atMs: number): boolean {
    const timer = this.#timers.peek()
    if (timer === undefined || timer.atMs > atMs) return false
    this.#timers.pop()
    this.#nowMs = Math.max(this.#nowMs, timer.atMs)
    timer.callback()
    return true
  }
}
