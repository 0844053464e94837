import { setTimeout as sleep } from 'node:timers/promises'
import { ConditionWaits } from './condition-waits.ts'
import { type PlainApi, PlainApiError } from './plain-api.ts'

/** The least that every followed object has. */
export interface FollowedObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string; readonly resourceVersion: string }
}

export interface FollowHandlers<T> {
  /** New, changed, or there again after a fresh list. */
  seen(object: T): void
  /** Deleted; the object as it was last. */
  gone(object: T): void
  /** The watch had to begin anew with a list: states in between may have been missed. */
  relisted?(): void
}

export interface Following {
  /** Resolves when the first list has been handed on; at once where the resource does not exist (yet). */
  readonly started: Promise<void>
  /** Resolves when all has been handed on that the API server knows, at the time of the call or when it is there again; throws after 30 s. */
  caughtUp(): Promise<void>
  stop(): Promise<void>
}

type WatchLine<T> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: T }
  | { type: 'ERROR'; object: { code?: number; message?: string } }

const retryMs = 200

interface Listed<T> {
  /** By UID. */
  readonly present: Map<string, T>
  readonly resourceVersion: string
}

/**
 * List and watch of one collection until `stop()`, through every loss of the API server. A resource that does not exist is asked for
 * again until it does. `path` may have a query with a selector.
 */
export function follow<T extends FollowedObject>(api: PlainApi, path: string, handlers: FollowHandlers<T>): Following {
  const stopping = new AbortController()
  let begun = () => {}
  const started = new Promise<void>((resolve) => {
    begun = resolve
  })
  const run = new Run(api, path, handlers, stopping.signal)
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await run.listAndWatch(begun).catch((error: unknown) => {
        if (error instanceof PlainApiError && error.status === 404) begun()
      })
      await sleep(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    started,
    caughtUp: () => run.caughtUp(),
    async stop() {
      stopping.abort()
      await loop
    },
  }
}

class Run<T extends FollowedObject> {
  private readonly api: PlainApi
  private readonly path: string
  private readonly handlers: FollowHandlers<T>
  private readonly signal: AbortSignal
  private known = new Map<string, T>()
  private resourceVersion = '0'
  private readonly waits = new ConditionWaits()

  constructor(api: PlainApi, path: string, handlers: FollowHandlers<T>, signal: AbortSignal) {
    this.api = api
    this.path = path
    this.handlers = handlers
    this.signal = signal
  }

  /** Returns when a list is needed again; a watch that merely ends is taken up where it was. */
  async listAndWatch(begun: () => void): Promise<void> {
    await this.list()
    begun()
    for (;;) {
      if (this.signal.aborted) return
      const end = await this.watch()
      if (end === 'Expired') return
      if (end === 'Broken') await sleep(retryMs)
    }
  }

  /** A watch tells versions in their order: it has told of all when it has told of the last one, and of those that are gone. */
  async caughtUp(): Promise<void> {
    const { present, resourceVersion } = await this.readWhenThere(Date.now() + 30_000)
    const versions = [...present.values()].map(({ metadata }) => Number(metadata.resourceVersion))
    const last = Math.max(0, ...versions)
    const gone = () =>
      [...this.known].filter(([uid, { metadata }]) => !present.has(uid) && Number(metadata.resourceVersion) <= Number(resourceVersion))
    const holds = () => Number(this.resourceVersion) >= last && gone().length === 0
    await this.waits.until(() => `version ${last} of ${this.path}`, holds, 30_000)
  }

  /** Nothing where the resource does not exist (yet). */
  private async readWhenThere(deadlineMs: number): Promise<Listed<T>> {
    for (;;) {
      try {
        return await this.read()
      } catch (error) {
        if (error instanceof PlainApiError && error.status === 404) return { present: new Map(), resourceVersion: '0' }
        if (Date.now() > deadlineMs) throw error
      }
      await sleep(retryMs)
    }
  }

  private async read(): Promise<Listed<T>> {
    const present = new Map<string, T>()
    let resourceVersion = '0'
    let proceed: string | undefined
    do {
      const page = await this.api.get<{ metadata: { resourceVersion: string; continue?: string }; items: T[] | null }>(
        this.withQuery({ limit: '500', ...(proceed ? { continue: proceed } : {}) }),
      )
      for (const object of page.items ?? []) present.set(object.metadata.uid, object)
      resourceVersion = page.metadata.resourceVersion
      proceed = page.metadata.continue
    } while (proceed)
    return { present, resourceVersion }
  }

  private async list(): Promise<void> {
    const { present, resourceVersion } = await this.read()
    this.resourceVersion = resourceVersion
    const before = this.known
    this.known = present
    if (before.size > 0) this.handlers.relisted?.()
    for (const [uid, object] of before) if (!present.has(uid)) this.handlers.gone(object)
    for (const object of present.values()) this.handlers.seen(object)
    this.waits.changed()
  }

  private async watch(): Promise<'Ended' | 'Broken' | 'Expired'> {
    const path = this.withQuery({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: this.resourceVersion })
    try {
      for await (const line of this.api.lines(path, this.signal)) {
        const event = line as WatchLine<T>
        if (event.type === 'ERROR') return 'Expired'
        this.take(event.type, event.object)
      }
      return 'Ended'
    } catch (error) {
      return error instanceof PlainApiError && (error.status === 410 || error.status === 404) ? 'Expired' : 'Broken'
    }
  }

  private take(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', object: T): void {
    this.resourceVersion = object.metadata.resourceVersion
    if (type === 'BOOKMARK') return
    const { uid } = object.metadata
    if (type === 'DELETED') this.known.delete(uid)
    else this.known.set(uid, object)
    try {
      if (type === 'DELETED') this.handlers.gone(object)
      else this.handlers.seen(object)
    } catch (error) {
      // a mistake of the test, not of the stream: it must fail the test and must not look like a broken watch
      queueMicrotask(() => {
        throw error
      })
    }
    this.waits.changed()
  }

  private withQuery(query: Readonly<Record<string, string>>): string {
    return `${this.path}${this.path.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`
  }
}
