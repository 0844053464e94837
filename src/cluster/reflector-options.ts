import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import type { CachedObject, ObjectCache } from './object-cache.ts'
import type { ApiTransport } from './transport.ts'
import type { ReflectorProblem } from './watch-fault.ts'

/** What a reflector watches, and by which ports. */
export interface ReflectorOptions<T extends CachedObject> {
  readonly transport: ApiTransport
  /** Of the collection, as `resourcePath` makes it. */
  readonly path: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Filled by this reflector and nobody else; it also knows how to trim. */
  readonly cache: ObjectCache<T>
  readonly clock: Clock
  /** Between 0 (inclusive) and 1 (exclusive). */
  readonly random: () => number
  readonly log: Log
  /** Whether the server sends bookmarks (from v1.16 on). */
  readonly bookmarks: boolean
  /** Try to get the first state as a stream (WatchList); a server that refuses is asked for pages. */
  readonly streamingLists?: boolean
  /**
   * A watch that says nothing for so long is broken off; 75,000 unless told. Bookmarks come about once a minute; where there are none, a list comes
   * after twice this time, which has to be before facts count as too old to act on (180 s).
   */
  readonly idleTimeoutMs?: number
  /** A watch that has not told an own write for so long is broken off, and everything listed anew; 15,000 unless told. */
  readonly blindAfterMs?: number
  /** Items a page; 500 unless told. */
  readonly pageSize?: number
  /** Hears of a refusal that will not pass by itself, once for each sentence, and of its end (`undefined`). */
  readonly onProblem?: (problem: ReflectorProblem | undefined) => void
}
