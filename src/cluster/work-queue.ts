import { type Backoff, createBackoff, retryAfterMsOf } from './backoff.ts'
import type { Clock } from './clock.ts'

export interface WorkQueueOptions {
  readonly clock: Clock
  /** How many keys are handled at the same time; at least 1. */
  readonly workers: number
  /** At least so long from one start of a key to its next start, whatever asks for it; 0 unless told. */
  readonly minimumIntervalMs?: number
  /** First pause after a failure; 5 unless told. It doubles with every further one. */
  readonly baseDelayMs?: number
  /** Longest pause after failures; 30,000 unless told. */
  readonly maxDelayMs?: number
  /** Between 0 and 1: spreads the pauses after failures; without it they are not spread. */
  readonly random?: () => number
  /** Handles one key; a rejection means: again, after a pause (an error's `retryAfterMs` is obeyed). */
  readonly handle: (key: string) => Promise<void>
  /** Hears of each failure. */
  readonly onError: (key: string, error: unknown, retryInMs: number) => void
}

/** Keys that wait to be handled, each at most once and never by two workers at the same time. */
export interface WorkQueue {
  /** Handle this key soon. While it is being handled: once more afterwards. */
  add(key: string): void
  /** Handle this key in `ms`; of several wishes the earliest counts. */
  addAfter(key: string, ms: number): void
  /** Takes no more keys and starts none; resolves when those being handled have ended. */
  stop(): Promise<void>
  /** Keys that are ready and wait for a worker. */
  depth(): number
  /** For how long the oldest ready key has waited, in ms; 0 when none waits. */
  oldestMs(): number
  /** Keys being handled now. */
  running(): number
}

interface Entry {
  readonly key: string
  state: 'Idle' | 'Delayed' | 'Ready' | 'Running'
  /** Delayed: when it gets ready. Ready: since when. Running: when it is wanted again, Infinity if not. */
  atMs: number
  /** Not before this time, whatever is wished. */
  notBeforeMs: number
  cancelTimer: () => void
  readonly backoff: Backoff
}

/** How long a failed key can hold out against wishes for it: a fix is seen within a second, and a storm of events is no hot loop. */
const longestHoldMs = 1_000

/**
 * Makes a keyed work queue. A wish for a key that failed cuts its pause short, but not below one second since
 * the failure (or the pause itself where that is shorter), and never below what the server asked for.
 */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new KeyedWorkQueue(options)
}

class KeyedWorkQueue implements WorkQueue {
  readonly #options: WorkQueueOptions
  readonly #entries = new Map<string, Entry>()
  /** Ready keys, first come first served; a Map because it keeps order and finds its first entry without moving the others. */
  readonly #ready = new Map<string, Entry>()
  readonly #running = new Map<string, Promise<void>>()
  #stopped = false
  #pumpIsDue = false

  constructor(options: WorkQueueOptions) {
    this.#options = options
  }

  add(key: string): void {
    this.addAfter(key, 0)
  }

  addAfter(key: string, ms: number): void {
    if (this.#stopped) return
    const entry = this.#entry(key)
    const wishedMs = Math.max(this.#now() + Math.max(ms, 0), entry.notBeforeMs)
    if (entry.state === 'Running') entry.atMs = Math.min(entry.atMs, wishedMs)
    else if (entry.state === 'Idle' || (entry.state === 'Delayed' && wishedMs < entry.atMs)) this.#schedule(entry, wishedMs)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const entry of this.#entries.values()) entry.cancelTimer()
    this.#ready.clear()
    while (this.#running.size > 0) await Promise.all(this.#running.values())
    this.#entries.clear()
  }

  depth(): number {
    return this.#ready.size
  }

  oldestMs(): number {
    const oldest = this.#ready.values().next().value
    return oldest === undefined ? 0 : Math.max(0, this.#now() - oldest.atMs)
  }

  running(): number {
    return this.#running.size
  }

  #now(): number {
    return this.#options.clock.now()
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const { baseDelayMs = 5, maxDelayMs = 30_000, random = () => 1 } = this.#options
    const backoff = createBackoff({ baseMs: baseDelayMs, maxMs: maxDelayMs, random })
    const entry: Entry = { key, state: 'Idle', atMs: 0, notBeforeMs: 0, cancelTimer: noTimer, backoff }
    this.#entries.set(key, entry)
    return entry
  }

  #schedule(entry: Entry, atMs: number): void {
    entry.cancelTimer()
    entry.cancelTimer = noTimer
    const waitMs = atMs - this.#now()
    if (waitMs <= 0) {
      this.#makeReady(entry)
      return
    }
    entry.state = 'Delayed'
    entry.atMs = atMs
    entry.cancelTimer = this.#options.clock.after(waitMs, () => this.#makeReady(entry))
  }

  #makeReady(entry: Entry): void {
    if (this.#stopped) return
    entry.state = 'Ready'
    entry.atMs = this.#now()
    this.#ready.set(entry.key, entry)
    if (this.#pumpIsDue) return
    this.#pumpIsDue = true
    // In a turn of its own: `add` returns to its caller before anything is handled.
    queueMicrotask(() => this.#pump())
  }

  #pump(): void {
    this.#pumpIsDue = false
    for (const [key, entry] of this.#ready) {
      if (this.#stopped || this.#running.size >= this.#options.workers) return
      this.#ready.delete(key)
      this.#running.set(key, this.#run(entry))
    }
  }

  async #run(entry: Entry): Promise<void> {
    entry.state = 'Running'
    entry.atMs = Number.POSITIVE_INFINITY
    entry.notBeforeMs = this.#now() + (this.#options.minimumIntervalMs ?? 0)
    // Leaves the pump's loop first, so that a handler that ends at once finds itself among the running.
    await Promise.resolve()
    try {
      await this.#options.handle(entry.key)
      entry.backoff.reset()
    } catch (error) {
      this.#planRetry(entry, error)
    }
    this.#running.delete(entry.key)
    this.#settle(entry)
    this.#pump()
  }

  #planRetry(entry: Entry, error: unknown): void {
    const retryAfterMs = retryAfterMsOf(error)
    const delayMs = entry.backoff.next(retryAfterMs)
    const holdMs = Math.max(Math.min(delayMs, longestHoldMs), Math.min(delayMs, retryAfterMs))
    entry.notBeforeMs = Math.max(entry.notBeforeMs, this.#now() + holdMs)
    // The retry serves wishes that came during the failed run as well.
    entry.atMs = Math.max(this.#now() + delayMs, entry.notBeforeMs)
    try {
      this.#options.onError(entry.key, error, entry.atMs - this.#now())
    } catch {
      // Whoever reports faults must not stop the queue.
    }
  }

  #settle(entry: Entry): void {
    entry.state = 'Idle'
    if (this.#stopped) return
    const { atMs, notBeforeMs } = entry
    if (atMs !== Number.POSITIVE_INFINITY) this.#schedule(entry, Math.max(atMs, notBeforeMs))
    else if (notBeforeMs <= this.#now()) this.#entries.delete(entry.key)
    else entry.cancelTimer = this.#options.clock.after(notBeforeMs - this.#now(), () => this.#entries.delete(entry.key))
  }
}

function noTimer(): void {}
