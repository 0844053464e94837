import type { Clock } from './clock.ts'

/** What is asked of a cache about own writes. */
interface OwnWrites {
  onObserved(listener: () => void): void
  readonly newestObserved: string
  isTold(resourceVersion: string): boolean
}

/**
 * Finds out that a watch says nothing of what happens, though it looks alive: an own write that it has not told after a while. After etcd was
 * without a leader for a moment, the watch cache of an API server may be so for minutes, bookmarks included, while everything reports Ready.
 * Costs one timer while there are own writes, and none otherwise.
 */
export class BlindWatch {
  readonly #clock: Clock
  readonly #writes: OwnWrites
  readonly #limitMs: number
  #cancel: (() => void) | undefined
  /** Breaks off the watch that is open. */
  #onBlind: (() => void) | undefined

  constructor(clock: Clock, writes: OwnWrites, limitMs: number) {
    this.#clock = clock
    this.#writes = writes
    this.#limitMs = limitMs
    writes.onObserved(() => this.#arm())
  }

  /** A watch is open; each has the whole time to tell what it has not told. */
  opened(onBlind: () => void): void {
    this.ended()
    this.#onBlind = onBlind
    this.#arm()
  }

  /** It is not any more. */
  ended(): void {
    this.#onBlind = undefined
    this.#cancel?.()
    this.#cancel = undefined
  }

  #arm(): void {
    if (this.#cancel !== undefined || this.#onBlind === undefined) return
    const version = this.#writes.newestObserved
    if (this.#writes.isTold(version)) return
    this.#cancel = this.#clock.after(this.#limitMs, () => this.#check(version))
  }

  #check(version: string): void {
    this.#cancel = undefined
    if (this.#writes.isTold(version)) this.#arm()
    else this.#onBlind?.()
  }
}
