import { FalkirkError } from '../core/falkirk-error.ts'
import { ApiError, isAlreadyExists, isNotFound } from './api-error.ts'
import { createBackoff, retryAfterMsOf } from './backoff.ts'
import type { Clock } from './clock.ts'
import { type EventSource, eventBody, eventBucket, eventNamespace, type Occurrence, repeatedPatch } from './event-record.ts'
import type { Log } from './log.ts'
import { events, resourcePath } from './resource.ts'
import type { ApiRequest, ApiTransport } from './transport.ts'

export interface EventWriterOptions {
  readonly transport: ApiTransport
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly source: EventSource
  /** Aborted: each event is tried once, without pauses. */
  readonly hurry: AbortSignal
  /** Aborted: a request that is on its way is broken off. */
  readonly end: AbortSignal
}

/** An event as it stands on the server. */
interface Written {
  readonly name: string
  readonly count: number
  readonly atMs: number
}

const mostWritten = 1_000
/** The server deletes events after an hour unless it was told otherwise. */
const writtenLifeMs = 3_600_000
const mostAttempts = 5
const requestTimeoutMs = 5_000

/** Writes events one by one: a new one with POST, one that happened before with a PATCH of its count. Never rejects. */
export class EventWriter {
  readonly #options: EventWriterOptions
  readonly #written = new Map<string, Written>()
  readonly #warned = new Set<string>()

  constructor(options: EventWriterOptions) {
    this.#options = options
  }

  /** Tries up to five times where trying again makes sense; an event that cannot be written is given up. */
  async write(occurrence: Occurrence): Promise<'Written' | 'GivenUp' | 'NoAnswer'> {
    const { clock, random, hurry } = this.#options
    const pauses = createBackoff({ baseMs: 1_000, maxMs: 8_000, random })
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#send(occurrence)
        return 'Written'
      } catch (error) {
        const mayPass = error instanceof FalkirkError && error.retry === 'backoff'
        if (!mayPass || attempt === mostAttempts || hurry.aborted) {
          this.#warnOnce(occurrence, error)
          return error instanceof ApiError ? 'GivenUp' : 'NoAnswer'
        }
        await clock.sleep(pauses.next(retryAfterMsOf(error)), hurry)
      }
    }
  }

  async #send(occurrence: Occurrence): Promise<void> {
    const key = `${eventBucket(occurrence)} ${occurrence.message}`
    const known = this.#written.get(key)
    const isKnown = known !== undefined && this.#options.clock.now() - known.atMs < writtenLifeMs
    const written = (isKnown ? await this.#repeat(occurrence, known) : undefined) ?? (await this.#create(occurrence))
    this.#written.delete(key)
    this.#written.set(key, { ...written, atMs: this.#options.clock.now() })
    const oldest = this.#written.keys().next().value
    if (this.#written.size > mostWritten && oldest !== undefined) this.#written.delete(oldest)
  }

  async #create(occurrence: Occurrence): Promise<Omit<Written, 'atMs'>> {
    const body = eventBody(occurrence, this.#options.source)
    const path = resourcePath(events, { namespace: body.metadata.namespace })
    try {
      await this.#request({ method: 'POST', path, body })
    } catch (error) {
      // The answer to an earlier attempt was lost: the name is a digest of this very event.
      if (!isAlreadyExists(error)) throw error
    }
    return { name: body.metadata.name, count: occurrence.count }
  }

  /** `undefined` when the event is not there any more. */
  async #repeat(occurrence: Occurrence, known: Written): Promise<Omit<Written, 'atMs'> | undefined> {
    const count = known.count + occurrence.count
    try {
      await this.#request({
        method: 'PATCH',
        path: resourcePath(events, { namespace: eventNamespace(occurrence.object), name: known.name }),
        body: repeatedPatch(count, occurrence.lastMs),
        contentType: 'application/merge-patch+json',
      })
      return { name: known.name, count }
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  async #request(request: ApiRequest): Promise<void> {
    const { transport, end } = this.#options
    await transport.json({ ...request, timeoutMs: requestTimeoutMs, whenBusy: 'Fail', signal: end })
  }

  #warnOnce({ object, reason }: Occurrence, error: unknown): void {
    const fault = error instanceof ApiError ? `${error.status} ${error.reason}` : 'no answer'
    const fields = { err: error, reason, object: `${object.kind} ${object.name}` }
    if (this.#warned.has(fault)) this.#options.log.debug(fields, 'event was not written')
    else this.#options.log.warn(fields, 'event was not written; further ones that fail the same way are logged at debug level')
    this.#warned.add(fault)
  }
}
