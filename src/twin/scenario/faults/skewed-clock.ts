import type { Clock } from '../../../cluster/clock.ts'

/** The clock of a machine that goes wrong: it runs as the one below it, and shows another time. */
export class SkewedClock implements Clock {
  readonly #below: Clock
  /** Milliseconds that are added. */
  skewMs = 0

  constructor(below: Clock) {
    this.#below = below
  }

  now(): number {
    return this.#below.now() + this.skewMs
  }

  after(ms: number, callback: () => void): () => void {
    return this.#below.after(ms, callback)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#below.sleep(ms, signal)
  }
}
