import { type Clock, sleepBy } from '../../cluster/clock.ts'
import { VirtualClock } from '../../cluster/virtual-clock.ts'

interface Timer {
  readonly atMs: number
  readonly callback: () => void
  cancel: () => void
}

/**
 * Time that begins in the past, runs through it as fast as the machine can, and then goes with another clock: a cluster comes up with a history
 * of its own, and those who look at it wait for nothing.
 */
export class WarmUpClock implements Clock {
  readonly #below: Clock
  readonly #timers = new Set<Timer>()
  #past: VirtualClock | undefined
  #stopped = false

  /** Begins `ageMs` before the time of `below`. */
  constructor(below: Clock, ageMs: number) {
    this.#below = below
    this.#past = new VirtualClock({ startMs: below.now() - ageMs })
  }

  now(): number {
    return (this.#past ?? this.#below).now()
  }

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { atMs: this.now() + Math.max(ms, 0), callback, cancel: () => {} }
    this.#timers.add(timer)
    this.#arm(timer)
    return () => {
      this.#timers.delete(timer)
      timer.cancel()
    }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepBy(this, ms, signal)
  }

  /** Moves the past forward by `ms`, as long as it is past. */
  async advance(ms: number): Promise<void> {
    if (this.#past === undefined) return
    await this.#past.advanceTo(Math.min(this.#past.now() + ms, this.#below.now()))
  }

  /** Runs through what is left of the past; from then on this is the clock below. */
  async catchUp(): Promise<void> {
    await this.#past?.advanceTo(this.#below.now())
    this.#past = undefined
    const inOrder = [...this.#timers].sort((a, b) => a.atMs - b.atMs)
    for (const timer of inOrder) {
      timer.cancel()
      this.#arm(timer)
    }
  }

  /** Nothing fires any more, and nobody wakes: whoever waits for this time is left alone. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  #arm(timer: Timer): void {
    if (this.#stopped) return
    const clock = this.#past ?? this.#below
    timer.cancel = clock.after(timer.atMs - clock.now(), () => {
      this.#timers.delete(timer)
      timer.callback()
    })
  }
}
