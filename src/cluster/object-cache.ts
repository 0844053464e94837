import type { StringMap } from '../core/kubernetes/object-meta.ts'
import { CacheIndex, type IndexValues } from './cache-index.ts'
import type { Log } from './log.ts'
import { rawMetadata } from './raw-metadata.ts'
import { isNewer } from './resource-version.ts'
import { sameFacts } from './same-facts.ts'
import { StringInterner } from './string-interner.ts'

/** The least that a trimmed object has: plain data (no Map, Set, Date), never changed after it was made. */
export interface CachedObject {
  readonly name: string
  readonly namespace?: string
  readonly resourceVersion: string
}

/** What happened to an object; `previous` is there when the cache had it before. */
export interface CacheChange<T> {
  readonly kind: 'Added' | 'Changed' | 'Deleted'
  readonly object: T
  readonly previous?: T
}

export type CacheHandler<T> = (change: CacheChange<T>) => void

export interface ObjectCacheOptions<T> {
  /** From the object as the API gives it to what is kept; `undefined`: not kept. A throw counts as `undefined` and is logged. */
  readonly trim: (raw: unknown) => T | undefined
  readonly log: Log
}

/** The key of an object: `namespace/name`, or `name` where there is no namespace. */
export function objectKey(object: { readonly name: string; readonly namespace?: string | undefined }): string {
  return object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`
}

/**
 * The trimmed objects of one collection, as the watch and own writes tell them. Handlers hear of changes in their order,
 * and not of objects whose facts are the same as before (only the resourceVersion is taken over then).
 */
export class ObjectCache<T extends CachedObject> {
  readonly #objects = new Map<string, T>()
  readonly #indexes = new Map<string, CacheIndex<T>>()
  readonly #handlers = new Set<CacheHandler<T>>()
  readonly #outbox: CacheChange<T>[] = []
  /** Keys whose state came from `observe` and that the watch has not told yet. */
  readonly #unconfirmed = new Set<string>()
  /** By key: the version at which `forget` took an object away, until the watch has told everything up to it. */
  readonly #forgotten = new Map<string, string>()
  readonly #strings = new StringInterner()
  readonly #trim: (raw: unknown) => T | undefined
  readonly #log: Log
  /** How far the watch has told the collection's history. */
  #told = ''
  /** Newest version that an answer to an own write had. */
  #observed = ''
  #onObserved: (() => void) | undefined
  #delivering = false

  constructor(options: ObjectCacheOptions<T>) {
    this.#trim = options.trim
    this.#log = options.log
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  values(): IterableIterator<T> {
    return this.#objects.values()
  }

  /** Adds a named index over the objects that are there and those to come; `values` gives the values an object is found by. */
  index(name: string, values: IndexValues<T>): void {
    if (this.#indexes.has(name)) throw new Error(`index ${name} exists already`)
    const index = new CacheIndex(values)
    for (const [key, object] of this.#objects) index.put(key, undefined, object)
    this.#indexes.set(name, index)
  }

  /** The objects that the index `name` files under `value`, oldest entry first. */
  byIndex(name: string, value: string): readonly T[] {
    return this.#index(name)
      .keys(value)
      .flatMap((key) => this.#objects.get(key) ?? [])
  }

  /** The values under which the index `name` files objects now. */
  indexValues(name: string): readonly string[] {
    return this.#index(name).values()
  }

  #index(name: string): CacheIndex<T> {
    const index = this.#indexes.get(name)
    if (index === undefined) throw new Error(`there is no index ${name}`)
    return index
  }

  /** Calls `handler` for every change from now on; the returned function takes it back. A handler that throws is logged, nothing more. */
  onChange(handler: CacheHandler<T>): () => void {
    this.#handlers.add(handler)
    return () => this.#handlers.delete(handler)
  }

  /**
   * Takes over the answer to an own write, so that the next decision sees it before the watch tells it.
   * An answer that is older than what is known (numeric resourceVersion) is left aside: it must not bring back what was deleted since.
   */
  observe(raw: unknown): void {
    const object = this.trimmed(raw)
    if (object === undefined || !isNewer(object.resourceVersion, this.#told)) return
    const key = objectKey(object)
    const stored = this.#objects.get(key)
    if (stored !== undefined && !isNewer(object.resourceVersion, stored.resourceVersion)) return
    this.#forgotten.delete(key)
    this.#unconfirmed.add(key)
    if (isNewer(object.resourceVersion, this.#observed)) this.#observed = object.resourceVersion
    this.#put(key, object)
    this.#onObserved?.()
  }

  /** For the reflector: calls `listener` after each answer to an own write that says more than the watch has told. */
  onObserved(listener: () => void): void {
    this.#onObserved = listener
  }

  /** For the reflector: newest version that an answer to an own write had since the last list; empty while there was none. */
  get newestObserved(): string {
    return this.#observed
  }

  /** For the reflector: whether the watch has told what happened up to this version. */
  isTold(resourceVersion: string): boolean {
    return !isNewer(resourceVersion, this.#told)
  }

  /**
   * Drops an object that an own DELETE has removed; the watch will tell the same later. What the watch or a list that is being read still
   * tell of it as it was, or as it was before, does not bring it back. A change that others made between its last known version and the
   * deletion does: nothing tells it from an object that a finalizer holds. The watch takes it away again.
   */
  forget(key: string): void {
    const known = this.#objects.get(key)
    if (known !== undefined) this.#forgotten.set(key, known.resourceVersion)
    this.#drop(key)
  }

  /** For the reflector: trims. An object that cannot be read stays what it was, and is logged: it must not look deleted. */
  trimmed(raw: unknown): T | undefined {
    try {
      const object = this.#trim(raw)
      return object === undefined ? undefined : this.#withSharedLabels(object)
    } catch (err) {
      const key = objectKey(rawMetadata(raw))
      this.#log.error({ err, key }, 'object of the API cannot be read')
      return this.#objects.get(key)
    }
  }

  /** For the reflector: the watch tells that an object was added or modified. */
  applyWatched(object: T): void {
    const key = objectKey(object)
    if (this.#isOvertaken(key, object.resourceVersion)) return
    this.#unconfirmed.delete(key)
    this.#put(key, object)
  }

  /** For the reflector: the watch tells that an object was deleted, or left what the selectors take. */
  deleteWatched(key: string, resourceVersion: string): void {
    if (this.#isOvertaken(key, resourceVersion)) return
    this.#drop(key)
  }

  /** For the reflector: the watch has told everything up to this resourceVersion (a bookmark). */
  toldUpTo(resourceVersion: string): void {
    this.#told = resourceVersion
    for (const [key, version] of this.#forgotten) if (!isNewer(version, resourceVersion)) this.#forgotten.delete(key)
  }

  /** For the reflector, when a list begins: answers to own writes that come from now on may be newer than that list. */
  listBegins(): void {
    this.#observed = ''
    this.#unconfirmed.clear()
    this.#forgotten.clear()
  }

  /**
   * For the reflector, when a list is complete: the store becomes what the list says, deletions included.
   * Resource versions may have gone back (a cluster restored from a backup), so the list is believed; only
   * answers to own writes that came while it was read stand where they are newer.
   */
  replaceAll(listed: ReadonlyMap<string, T>, resourceVersion: string): void {
    this.#told = resourceVersion
    for (const key of [...this.#objects.keys()]) {
      if (!listed.has(key) && !this.#isOvertaken(key, resourceVersion)) this.#drop(key)
    }
    for (const [key, object] of listed) {
      if (!this.#isOvertaken(key, object.resourceVersion)) this.#put(key, object)
    }
  }

  #withSharedLabels(object: T): T {
    const { labels } = object as { labels?: StringMap }
    return labels === undefined ? object : { ...object, labels: this.#strings.internMap(labels) }
  }

  /** Own writes and deletions have led further than what is told here. */
  #isOvertaken(key: string, resourceVersion: string): boolean {
    const forgotten = this.#forgotten.get(key)
    if (forgotten === resourceVersion || (forgotten !== undefined && isNewer(forgotten, resourceVersion))) return true
    const stored = this.#objects.get(key)
    return stored !== undefined && this.#unconfirmed.has(key) && isNewer(stored.resourceVersion, resourceVersion)
  }

  #drop(key: string): void {
    this.#unconfirmed.delete(key)
    this.#remove(key)
  }

  #put(key: string, object: T): void {
    const previous = this.#objects.get(key)
    if (previous !== undefined && sameFacts(previous, object)) {
      // Keeps the parts that have long been in memory: a heartbeat costs one small object instead of a whole new one.
      if (previous.resourceVersion !== object.resourceVersion) {
        this.#objects.set(key, { ...previous, resourceVersion: object.resourceVersion })
      }
      return
    }
    this.#objects.set(key, object)
    for (const index of this.#indexes.values()) index.put(key, previous, object)
    this.#deliver(previous === undefined ? { kind: 'Added', object } : { kind: 'Changed', object, previous })
  }

  #remove(key: string): void {
    const previous = this.#objects.get(key)
    if (previous === undefined) return
    this.#objects.delete(key)
    for (const index of this.#indexes.values()) index.put(key, previous, undefined)
    this.#deliver({ kind: 'Deleted', object: previous, previous })
  }

  /** A handler may write to the cache; what that changes is told after the change at hand, to every handler in the same order. */
  #deliver(change: CacheChange<T>): void {
    this.#outbox.push(change)
    if (this.#delivering) return
    this.#delivering = true
    for (let next = this.#outbox.shift(); next !== undefined; next = this.#outbox.shift()) {
      for (const handler of this.#handlers) this.#call(handler, next)
    }
    this.#delivering = false
  }

  #call(handler: CacheHandler<T>, change: CacheChange<T>): void {
    const failed = (err: unknown) => this.#log.error({ err, key: objectKey(change.object), change: change.kind }, 'change handler failed')
    try {
      const result: unknown = handler(change)
      // An async function is accepted as a handler by the compiler; its rejection must not end the process.
      if (result instanceof Promise) result.catch(failed)
    } catch (err) {
      failed(err)
    }
  }
}
