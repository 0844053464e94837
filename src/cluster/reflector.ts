import { assertNever } from '../core/assert-never.ts'
import { apiErrorFromStatus } from './api-error.ts'
import { BlindWatch } from './blind-watch.ts'
import { IdleLimit } from './idle-limit.ts'
import { listPages } from './list-pages.ts'
import { Milestone } from './milestone.ts'
import { type CachedObject, objectKey } from './object-cache.ts'
import { type RawMetadata, rawMetadata } from './raw-metadata.ts'
import type { ReflectorOptions } from './reflector-options.ts'
import { ReflectorPace } from './reflector-pace.ts'
import { judgeFault, type ReflectorProblem, type WatchPhase } from './watch-fault.ts'
import { watchQuery } from './watch-query.ts'
import { readWatch, type WatchEvent } from './watch-stream.ts'

/** What a reflector has done since its start. */
export interface ReflectorCounts {
  readonly lists: number
  readonly watches: number
  readonly events: number
  readonly faults: number
}

/** Keeps a cache equal to a collection of the API server. */
export interface Reflector {
  /** Resolves when the cache has been filled once; rejects when `stop` came before. */
  readonly synced: Promise<void>
  isSynced(): boolean
  /** Resolves when the server has let it watch for the first time: without that what was listed grows old unnoticed. Rejects like `synced`. */
  readonly watching: Promise<void>
  /** Epoch ms of the last proof that the cache is fresh (a list, an event, a bookmark); 0 before the first list. */
  lastContactMs(): number
  counts(): ReflectorCounts
  /** Ends the watch; resolves when nothing of it runs any more. The cache stays as it is. */
  stop(): Promise<void>
}

/** Starts to list and watch a collection; goes on through every fault until it is stopped. */
export function startReflector<T extends CachedObject>(options: ReflectorOptions<T>): Reflector {
  return new CollectionReflector(options)
}

const initialEventsEnd = 'k8s.io/initial-events-end'

class CollectionReflector<T extends CachedObject> implements Reflector {
  readonly #options: ReflectorOptions<T>
  readonly #stop = new AbortController()
  readonly #running: Promise<void>
  readonly #pace: ReflectorPace
  readonly #counts = { lists: 0, watches: 0, events: 0, faults: 0 }
  readonly #synced = new Milestone()
  readonly #watching = new Milestone()
  readonly #blind: BlindWatch
  #lastContactMs = 0
  /** Where the watch goes on; `undefined`: the first state is needed (again). */
  #resourceVersion: string | undefined
  /** A first state that is being streamed: what has come so far. */
  #streamed: Map<string, T> | undefined
  #streamingLists: boolean
  #problem: ReflectorProblem | undefined

  constructor(options: ReflectorOptions<T>) {
    this.#options = options
    this.#streamingLists = options.streamingLists ?? false
    this.#pace = new ReflectorPace(options)
    this.#blind = new BlindWatch(options.clock, options.cache, options.blindAfterMs ?? 15_000)
    this.#running = this.#run()
  }

  get synced(): Promise<void> {
    return this.#synced.promise
  }

  get watching(): Promise<void> {
    return this.#watching.promise
  }

  isSynced(): boolean {
    return this.#synced.isReached
  }

  lastContactMs(): number {
    return this.#lastContactMs
  }

  counts(): ReflectorCounts {
    return { ...this.#counts }
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
    this.#synced.miss(new Error('stopped before the first list was complete'))
    this.#watching.miss(new Error('stopped before the first watch'))
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const pauseMs = await this.#turn()
      await this.#options.clock.sleep(pauseMs, signal)
    }
  }

  /** One list or one watch; gives the pause before the next. */
  async #turn(): Promise<number> {
    const phase = this.#resourceVersion !== undefined ? 'Watch' : this.#streamingLists ? 'Stream' : 'List'
    try {
      if (phase === 'List') {
        await this.#list()
        return 0
      }
      await this.#watch(phase)
      return this.#pace.beforeWatch()
    } catch (error) {
      return this.#stop.signal.aborted ? 0 : this.#pauseAfter(error, phase)
    }
  }

  async #list(): Promise<void> {
    const { transport, path, labelSelector, fieldSelector, cache, pageSize = 500 } = this.#options
    const listed = new Map<string, T>()
    const onPage = (items: readonly unknown[]) => {
      for (const raw of items) this.#collect(listed, raw)
    }
    this.#counts.lists += 1
    cache.listBegins()
    const query = { labelSelector, fieldSelector }
    this.#publish(listed, await listPages({ transport, path, query, pageSize, signal: this.#stop.signal, onPage }))
    if (this.#problem?.verb === 'list') this.#setProblem(undefined)
  }

  async #watch(phase: 'Stream' | 'Watch'): Promise<void> {
    const { transport, path, clock, cache, idleTimeoutMs = 75_000 } = this.#options
    const { signal } = this.#stop
    this.#counts.watches += 1
    if (phase === 'Stream') {
      this.#counts.lists += 1
      cache.listBegins()
    }
    const stream = await transport.stream({ method: 'GET', path, query: watchQuery(this.#options, this.#resourceVersion), signal })
    this.#watching.reach()
    if (this.#problem?.verb === 'watch') this.#setProblem(undefined)
    this.#streamed = phase === 'Stream' ? new Map() : undefined
    const close = () => stream.close()
    const startedMs = clock.now()
    const idle = new IdleLimit(clock, idleTimeoutMs, close)
    let heard = false
    signal.addEventListener('abort', close, { once: true })
    if (phase === 'Watch') this.#blind.opened(() => this.#doubt(close))
    try {
      await readWatch(idle.watchOver(stream), (event) => {
        this.#onEvent(event)
        heard = true
      })
    } finally {
      signal.removeEventListener('abort', close)
      this.#blind.ended()
      idle.end()
      close()
      this.#onWatchEnd({ heard, idle: idle.isOver, livedMs: clock.now() - startedMs })
    }
  }

  /** The watch does not tell an own write: what is true is listed anew. */
  #doubt(close: () => void): void {
    const { log, path } = this.#options
    log.warn({ path }, 'the watch does not tell what was written: everything is listed anew')
    this.#resourceVersion = undefined
    close()
  }

  #onWatchEnd(ended: { heard: boolean; idle: boolean; livedMs: number }): void {
    // The first state was never complete: perhaps the server does not know how to stream it.
    if (this.#streamed !== undefined) this.#streamingLists = false
    this.#streamed = undefined
    if (this.#pace.watchEnded(ended) === 'List') this.#resourceVersion = undefined
  }

  #onEvent(event: WatchEvent): void {
    if (event.type === 'ERROR') throw apiErrorFromStatus(event.object)
    this.#counts.events += 1
    const metadata = rawMetadata(event.object)
    if (event.type !== 'BOOKMARK') this.#onObject(event, metadata)
    else if (this.#streamed !== undefined && metadata.annotations[initialEventsEnd] === 'true') {
      this.#publish(this.#streamed, metadata.resourceVersion)
      this.#streamed = undefined
    }
    this.#setProblem(undefined)
    if (this.#streamed === undefined) this.#toldUpTo(metadata.resourceVersion)
  }

  #onObject(event: WatchEvent, metadata: RawMetadata): void {
    if (metadata.name === '') throw new Error('the API server sent an object without a name')
    const { cache } = this.#options
    const object = cache.trimmed(event.object)
    const key = objectKey(object ?? metadata)
    if (this.#streamed !== undefined) {
      if (object === undefined || event.type === 'DELETED') this.#streamed.delete(key)
      else this.#streamed.set(key, object)
    } else if (object === undefined || event.type === 'DELETED') cache.deleteWatched(key, metadata.resourceVersion)
    else cache.applyWatched(object)
  }

  #collect(listed: Map<string, T>, raw: unknown): void {
    const object = this.#options.cache.trimmed(raw)
    if (object !== undefined) listed.set(objectKey(object), object)
  }

  #publish(listed: ReadonlyMap<string, T>, resourceVersion: string): void {
    this.#options.cache.replaceAll(listed, resourceVersion)
    this.#toldUpTo(resourceVersion)
    this.#synced.reach()
  }

  /** The cache holds everything up to this version. */
  #toldUpTo(resourceVersion: string): void {
    this.#resourceVersion = resourceVersion
    this.#lastContactMs = this.#options.clock.now()
    this.#options.cache.toldUpTo(resourceVersion)
  }

  /** Decides what an error means for the next turn, and how long to wait for it. */
  #pauseAfter(error: unknown, phase: WatchPhase): number {
    const { log, path } = this.#options
    const fault = judgeFault(error, phase, path)
    const pauseMs = this.#pauseFor(fault, error)
    this.#counts.faults += 1
    log.warn({ path, phase, err: error, retryInMs: Math.round(pauseMs) }, 'watching was interrupted')
    return pauseMs
  }

  #pauseFor(fault: ReturnType<typeof judgeFault>, error: unknown): number {
    switch (fault.kind) {
      case 'Refused':
        if (fault.historyLost) this.#resourceVersion = undefined
        this.#setProblem(fault.problem)
        return this.#pace.beforeRetryOfRefused()
      case 'ListInPages':
        this.#streamingLists = false
        return 0
      case 'List':
        this.#resourceVersion = undefined
        return this.#pace.beforeList(error)
      case 'Resume':
        return this.#pace.beforeWatch(error)
      default:
        return assertNever(fault)
    }
  }

  #setProblem(problem: ReflectorProblem | undefined): void {
    if (problem?.message === this.#problem?.message) return
    this.#problem = problem
    try {
      this.#options.onProblem?.(problem)
    } catch (err) {
      this.#options.log.error({ err }, 'problem handler failed')
    }
  }
}
