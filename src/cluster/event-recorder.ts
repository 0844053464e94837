import type { Clock } from './clock.ts'
import { cutMessage, type EventInput, eventBucket } from './event-record.ts'
import { EventWriter } from './event-writer.ts'
import { joinedMessage } from './joined-message.ts'
import type { Log } from './log.ts'
import type { ApiTransport } from './transport.ts'

export interface EventRecorderOptions {
  readonly transport: ApiTransport
  readonly clock: Clock
  /** Name of the program that reports, e.g. `system-upgrade-controller`. */
  readonly component: string
  /** Name of the node it runs on. */
  readonly host: string
  readonly log: Log
  /** Between 0 (inclusive) and 1 (exclusive); spreads the pauses after failures. */
  readonly random?: () => number
}

export interface EventRecorder {
  /** Takes note of an event and returns at once; it never throws, and what cannot be written is given up. */
  record(input: EventInput): void
  /** Resolves when everything that was recorded so far has been written or given up. */
  flush(): Promise<void>
  /** Takes no more events; writes what waits, trying each once, for five seconds at most. */
  stop(): Promise<void>
  /** Events that were not written: the queue was full, or the server did not take them. */
  dropped(): number
}

/** Events of one object, type and reason that are not written yet. */
interface Bucket {
  readonly key: string
  readonly input: EventInput
  /** Different ones in the order of arrival; not all of them when there are very many. */
  messages: string[]
  total: number
  firstMs: number
  lastMs: number
  cancelTimer: () => void
}

const mostBuckets = 5_000
const mostMessages = 100
const intervalMs = 1_000
const longestStopMs = 5_000

/**
 * Makes a recorder of core/v1 Events. The first event of an object, type and reason is written at once; those that follow within
 * a second of a write become one event, their messages joined. An event that was written before is counted up instead.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new Recorder(options)
}

class Recorder implements EventRecorder {
  readonly #options: EventRecorderOptions
  readonly #buckets = new Map<string, Bucket>()
  readonly #queue = new Set<Bucket>()
  readonly #writer: EventWriter
  readonly #hurry = new AbortController()
  readonly #end = new AbortController()
  #writing: Promise<void> | undefined
  #dropped = 0
  #isStopped = false

  constructor(options: EventRecorderOptions) {
    this.#options = options
    const { transport, clock, log, component, host, random = () => 0.5 } = options
    const signals = { hurry: this.#hurry.signal, end: this.#end.signal }
    this.#writer = new EventWriter({ transport, clock, log, random, source: { component, host }, ...signals })
  }

  record(input: EventInput): void {
    if (this.#isStopped) return
    const key = eventBucket(input)
    const known = this.#buckets.get(key)
    if (known === undefined && this.#buckets.size >= mostBuckets) {
      this.#drop(1, 'the queue is full')
      return
    }
    const bucket = known ?? this.#newBucket(key, input)
    const nowMs = this.#options.clock.now()
    if (bucket.total === 0) bucket.firstMs = nowMs
    bucket.lastMs = nowMs
    bucket.total += 1
    if (bucket.messages.length < mostMessages && !bucket.messages.includes(input.message)) bucket.messages.push(input.message)
    if (known === undefined) this.#enqueue(bucket)
  }

  async flush(): Promise<void> {
    for (const bucket of this.#buckets.values()) if (bucket.total > 0) this.#enqueue(bucket)
    await this.#writing
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#hurry.abort()
    const cancelLimit = this.#options.clock.after(longestStopMs, () => {
      this.#giveUp()
      this.#end.abort()
    })
    await this.flush()
    cancelLimit()
    for (const bucket of this.#buckets.values()) bucket.cancelTimer()
    this.#buckets.clear()
  }

  dropped(): number {
    return this.#dropped
  }

  #newBucket(key: string, input: EventInput): Bucket {
    const bucket: Bucket = { key, input, messages: [], total: 0, firstMs: 0, lastMs: 0, cancelTimer: () => {} }
    this.#buckets.set(key, bucket)
    return bucket
  }

  #enqueue(bucket: Bucket): void {
    bucket.cancelTimer()
    this.#queue.add(bucket)
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
  }

  async #writeAll(): Promise<void> {
    // Leaves the caller of `record` first.
    await Promise.resolve()
    for (const bucket of this.#queue) {
      this.#queue.delete(bucket)
      await this.#write(bucket)
    }
  }

  async #write(bucket: Bucket): Promise<void> {
    const { input, messages, total, firstMs, lastMs } = bucket
    bucket.messages = []
    bucket.total = 0
    const message = cutMessage(joinedMessage(messages, total))
    const count = messages.length === 1 ? total : 1
    const outcome = await this.#writer.write({ ...input, message, count, firstMs, lastMs })
    if (outcome !== 'Written') this.#drop(total, 'the server did not take it')
    if (outcome === 'NoAnswer' && this.#isStopped) this.#giveUp()
    this.#cool(bucket)
  }

  /** Nothing is written for this bucket until the interval is over; what was recorded meanwhile is written together then. */
  #cool(bucket: Bucket): void {
    bucket.cancelTimer = this.#options.clock.after(intervalMs, () => {
      if (bucket.total > 0) this.#enqueue(bucket)
      else this.#buckets.delete(bucket.key)
    })
  }

  /** On the way out, a server that does not answer once is not waited for again, and a slow one not for long. */
  #giveUp(): void {
    for (const bucket of this.#queue) this.#drop(bucket.total, 'no time is left')
    this.#queue.clear()
  }

  #drop(count: number, why: string): void {
    if (this.#dropped === 0) this.#options.log.warn({ why }, 'events are lost')
    this.#dropped += count
  }
}
