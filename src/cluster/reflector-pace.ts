import { type Backoff, createBackoff, retryAfterMsOf } from './backoff.ts'
import type { Clock } from './clock.ts'

/** How a watch went that has ended in whatever way. */
export interface EndedWatch {
  /** An event or a bookmark came. */
  readonly heard: boolean
  /** It was broken off because nothing came for too long. */
  readonly idle: boolean
  readonly livedMs: number
}

const shortestPauseMs = 250
const longestPauseMs = 30_000
/** After so long without trouble a relist does not pay for those before. */
const relistMemoryMs = 60_000
/** A watch that lived so long was a good one, also when nothing happened in it. */
const goodWatchMs = 5_000

/**
 * How long a reflector waits between its requests, 0.25 to 30 s with jitter. Lists and watches are counted apart:
 * a list that succeeds says nothing about the watch after it, and must not reset what keeps 410 answers from becoming a storm of lists.
 */
export class ReflectorPace {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #lists: Backoff
  readonly #watches: Backoff
  #lastListTroubleMs = Number.NEGATIVE_INFINITY

  constructor(options: { readonly clock: Clock; readonly random: () => number }) {
    const pauses = { baseMs: shortestPauseMs, maxMs: longestPauseMs, random: options.random }
    this.#clock = options.clock
    this.#random = options.random
    this.#lists = createBackoff(pauses)
    this.#watches = createBackoff(pauses)
  }

  /**
   * Learns from a watch; `List` when it was silent for too long to trust its history: a server that was restored from a backup says nothing until it
   * has caught up with the old resourceVersion, and one that was just started sends no bookmarks of what does not change.
   */
  watchEnded(ended: EndedWatch): 'Resume' | 'List' {
    if (ended.heard || (ended.livedMs >= goodWatchMs && !ended.idle)) this.#watches.reset()
    return ended.idle && !ended.heard ? 'List' : 'Resume'
  }

  /** The pause before the next watch, in ms; `error` is what ended the last one, if anything did. */
  beforeWatch(error?: unknown): number {
    return this.#watches.next(retryAfterMsOf(error))
  }

  /** The pause before the next list, in ms, when `error` made it necessary. */
  beforeList(error: unknown): number {
    const nowMs = this.#clock.now()
    if (nowMs - this.#lastListTroubleMs > relistMemoryMs) this.#lists.reset()
    const pauseMs = this.#lists.next(retryAfterMsOf(error))
    this.#lastListTroubleMs = nowMs + pauseMs
    return pauseMs
  }

  /** The pause, in ms, when somebody has to change something first (RBAC, a missing CustomResourceDefinition). */
  beforeRetryOfRefused(): number {
    return longestPauseMs * (0.5 + this.#random() / 2)
  }
}
