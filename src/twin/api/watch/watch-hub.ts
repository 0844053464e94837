import type { Clock } from '../../../cluster/clock.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { Change, ObjectStore } from '../../store/object-store.ts'
import type { Selection } from '../selectors/selection.ts'
import { StatusError } from '../status-error.ts'
import { bookmark, type EventRenderer, EventTexts, errorFrame, eventOf, frame } from './watch-event.ts'
import { type QueueLimit, Watcher } from './watcher.ts'

/** How often a bookmark is sent. Source: Kubernetes, cacher defaultBookmarkFrequency. */
const bookmarkMs = 60_000
/** The last one comes so long before the end. */
const lastBookmarkMs = 2_000

export interface WatchRequest {
  readonly resource: string
  readonly selection: Selection
  readonly renderer: EventRenderer
  /** Only what comes after this version; 0: what is there now, then what comes. */
  readonly after: number
  readonly bookmarks: boolean
  /** What is there is told whatever `after` says; a bookmark, where these are wanted, says when all of it has been told. */
  readonly initialEvents: boolean
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  readonly lagMs?: number
  readonly limit?: QueueLimit
}

interface Subscription {
  readonly request: WatchRequest
  readonly watcher: Watcher
}

/** The watches of one resource; those of one name or one node are only asked about what concerns these. */
interface Subscribers {
  readonly all: Set<Subscription>
  readonly byName: Map<string, Set<Subscription>>
  readonly byNode: Map<string, Set<Subscription>>
}

/** Tells each watch what it has selected, and writes each event once however many are told. */
export class WatchHub {
  readonly #store: ObjectStore
  readonly #clock: Clock
  readonly #subscribers = new Map<string, Subscribers>()
  #open = 0

  constructor(store: ObjectStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
    store.subscribe((change) => this.#tell(change))
  }

  /** How many watches are open. */
  get open(): number {
    return this.#open
  }

  watch(request: WatchRequest): AsyncIterable<string> {
    const initial = this.#initial(request)
    const timers: (() => void)[] = []
    const watcher = new Watcher({
      clock: this.#clock,
      initial: initial.texts,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
      ...(request.lagMs === undefined ? {} : { lagMs: request.lagMs }),
      ...(request.limit === undefined ? {} : { limit: request.limit }),
      onEnd: () => {
        this.#open -= 1
        for (const cancel of timers) cancel()
        this.#leave(subscription)
      },
    })
    const subscription = { request, watcher }
    this.#open += 1
    if (request.signal?.aborted) watcher.cutOff()
    else if (initial.kind === 'Refused') watcher.end()
    else this.#join(subscription, timers)
    return watcher.pieces()
  }

  /** Ends all watches of a resource that is served no more. */
  endAll(resource: string): void {
    for (const { watcher } of this.#subscriptionsTo(resource)) watcher.end()
  }

  /** Breaks every watch off, as it happens when the server goes away. */
  breakAll(): void {
    for (const resource of [...this.#subscribers.keys()]) for (const { watcher } of this.#subscriptionsTo(resource)) watcher.cutOff()
  }

  #subscriptionsTo(resource: string): readonly Subscription[] {
    const { all, byName, byNode } = this.#subscribersOf(resource)
    return [all, ...byName.values(), ...byNode.values()].flatMap((set) => [...set])
  }

  #initial(request: WatchRequest): { readonly kind: 'Told' | 'Refused'; readonly texts: Iterable<string> } {
    const { resource, after } = request
    if (after === 0 || request.initialEvents) return { kind: 'Told', texts: this.#present(request) }
    const changes = this.#store.changesSince(resource, after)
    if (changes === 'Expired') {
      const message = `too old resource version: ${after} (${this.#store.resourceVersion})`
      return { kind: 'Refused', texts: [errorFrame(new StatusError(410, 'Expired', message).status)] }
    }
    return { kind: 'Told', texts: pastEvents(changes, request) }
  }

  #present(request: WatchRequest): Iterable<string> {
    const { resource, selection } = request
    const version = this.#store.resourceVersion
    const { namespace, name } = selection
    if (name !== undefined && namespace !== undefined) {
      const one = this.#store.get(resource, namespace, name)
      return presentEvents(one === undefined ? [] : [one], request, version)
    }
    return presentEvents(this.#store.list(resource, namespace), request, version)
  }

  #join(subscription: Subscription, timers: (() => void)[]): void {
    const { request, watcher } = subscription
    this.#setOf(request).add(subscription)
    timers.push(this.#clock.after(request.timeoutMs, () => watcher.end()))
    if (!request.bookmarks) return
    const send = () => watcher.push(bookmark(request.renderer, this.#store.resourceVersion, false))
    if (request.timeoutMs > lastBookmarkMs) timers.push(this.#clock.after(request.timeoutMs - lastBookmarkMs, send))
    let cancel = () => {}
    const repeat = () => {
      cancel = this.#clock.after(bookmarkMs, () => {
        send()
        repeat()
      })
    }
    repeat()
    timers.push(() => cancel())
  }

  #leave(subscription: Subscription): void {
    const set = this.#setOf(subscription.request)
    set.delete(subscription)
    if (set.size > 0) return
    const { resource, selection } = subscription.request
    const { byName, byNode } = this.#subscribersOf(resource)
    if (selection.name !== undefined) byName.delete(selection.name)
    else if (selection.nodeName !== undefined) byNode.delete(selection.nodeName)
  }

  #setOf({ resource, selection }: WatchRequest): Set<Subscription> {
    const { all, byName, byNode } = this.#subscribersOf(resource)
    if (selection.name !== undefined) return entryOf(byName, selection.name)
    return selection.nodeName === undefined ? all : entryOf(byNode, selection.nodeName)
  }

  #subscribersOf(resource: string): Subscribers {
    const known = this.#subscribers.get(resource)
    if (known !== undefined) return known
    const created: Subscribers = { all: new Set(), byName: new Map(), byNode: new Map() }
    this.#subscribers.set(resource, created)
    return created
  }

  #tell(change: Change): void {
    const subscribers = this.#subscribers.get(change.resource)
    if (subscribers === undefined) return
    const texts = new EventTexts()
    for (const set of concerned(change, subscribers)) {
      for (const { request, watcher } of set) {
        const event = eventOf(change, request.selection)
        if (event !== undefined) watcher.push(texts.textOf(event, request.renderer))
      }
    }
  }
}

function* presentEvents(
  objects: readonly KubeObject[],
  { selection, renderer, initialEvents, bookmarks }: WatchRequest,
  version: number,
): Generator<string> {
  for (const object of objects) {
    if (!selection.filtered || selection.matches(object)) yield frame('ADDED', renderer.text(object))
  }
  if (initialEvents && bookmarks) yield bookmark(renderer, version, true)
}

function* pastEvents(changes: readonly Change[], { selection, renderer }: WatchRequest): Generator<string> {
  for (const change of changes) {
    const event = eventOf(change, selection)
    if (event !== undefined) yield frame(event.type, renderer.text(event.object))
  }
}

function* concerned({ object, previous }: Change, { all, byName, byNode }: Subscribers): Generator<ReadonlySet<Subscription>> {
  yield all
  if (byName.size > 0) {
    const named = byName.get(object.metadata.name)
    if (named !== undefined) yield named
  }
  if (byNode.size === 0) return
  const [node, nodeBefore] = [nodeOf(object), nodeOf(previous)]
  const here = byNode.get(node)
  if (here !== undefined) yield here
  const before = node === nodeBefore ? undefined : byNode.get(nodeBefore)
  if (before !== undefined) yield before
}

function nodeOf(object: KubeObject | undefined): string {
  return (object?.spec as { readonly nodeName?: string } | undefined)?.nodeName ?? ''
}

function entryOf(map: Map<string, Set<Subscription>>, key: string): Set<Subscription> {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = new Set<Subscription>()
  map.set(key, created)
  return created
}
