import type { Clock } from './clock.ts'
import type { ApiStream } from './transport.ts'

/** Calls `onIdle` once when nothing came for `limitMs`. One timer for the whole time, however often something comes. */
export class IdleLimit {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #onIdle: () => void
  #lastHeardMs: number
  #cancel: () => void
  #isOver = false

  constructor(clock: Clock, limitMs: number, onIdle: () => void) {
    this.#clock = clock
    this.#limitMs = limitMs
    this.#onIdle = onIdle
    this.#lastHeardMs = clock.now()
    this.#cancel = clock.after(limitMs, () => this.#check())
  }

  /** Whether the limit was reached. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** The same stream; each piece of it counts as heard. */
  watchOver(stream: ApiStream): ApiStream {
    const pieces = this.#pieces(stream)
    return { close: () => stream.close(), [Symbol.asyncIterator]: () => pieces }
  }

  async *#pieces(stream: ApiStream): AsyncGenerator<Uint8Array> {
    for await (const piece of stream) {
      this.#lastHeardMs = this.#clock.now()
      yield piece
    }
  }

  end(): void {
    this.#cancel()
  }

  #check(): void {
    const leftMs = this.#lastHeardMs + this.#limitMs - this.#clock.now()
    if (leftMs > 0) {
      this.#cancel = this.#clock.after(leftMs, () => this.#check())
      return
    }
    this.#isOver = true
    this.#onIdle()
  }
}
