import type { Clock } from '../../cluster/clock.ts'
import type { Change, ObjectStore } from '../store/object-store.ts'
import { type Controller, everyResource, type Watch } from './controller.ts'

/** From a change to the reconcile that answers it: watches and queues take their time. */
const latencyMs = 5
const firstRetryMs = 5
const longestRetryMs = 1_000_000

export interface ControlLoopOptions {
  readonly store: ObjectStore
  readonly clock: Clock
  /** Told what a reconcile threw; it is tried again anyway. */
  readonly onFailure?: (controller: string, key: string, error: unknown) => void
}

type KeysOf = (change: Change) => readonly string[]

interface Entry {
  /** Takes the pending wake-up back; set as long as one is pending. */
  cancel: (() => void) | undefined
  atMs: number
  failures: number
  running: boolean
  /** Asked for again while it ran. */
  again: boolean
}

/** Turns one controller: hears the changes, runs `reconcile` for the keys they wake, each key once however often it was woken. */
export class ControlLoop {
  readonly #controller: Controller
  readonly #options: ControlLoopOptions
  readonly #entries = new Map<string, Entry>()
  /** By resource, those of every resource among them. */
  readonly #keysOf = new Map<string, readonly KeysOf[]>()
  readonly #keysOfAny: readonly KeysOf[]
  /** Ends what was subscribed; set as long as it turns. */
  #unsubscribe: (() => void) | undefined

  constructor(controller: Controller, options: ControlLoopOptions) {
    this.#controller = controller
    this.#options = options
    const { watches } = controller
    const keysOfThose = (resource: string) => watches.filter((watch) => watch.resource === resource).map(keysOfWatch)
    this.#keysOfAny = keysOfThose(everyResource)
    for (const { resource } of watches) this.#keysOf.set(resource, [...keysOfThose(resource), ...this.#keysOfAny])
  }

  /** Begins with everything that is there, as an informer does: each object is heard of as `Added`. */
  start(): void {
    if (this.#unsubscribe !== undefined) return
    const { store } = this.#options
    this.#unsubscribe = this.#subscribe()
    this.#controller.connect?.((key) => {
      if (this.#unsubscribe !== undefined) this.wake(key)
    })
    const resources = this.#keysOfAny.length > 0 ? store.resources() : this.#keysOf.keys()
    for (const resource of resources) {
      const keysOf = this.#keysOf.get(resource) ?? this.#keysOfAny
      for (const object of store.list(resource)) {
        this.#hear({ resource, kind: 'Added', object, resourceVersion: store.resourceVersion }, keysOf)
      }
    }
  }

  /** A listener for each resource: every write has ten, and none of them has to find out what it listens for. */
  #subscribe(): () => void {
    const { store } = this.#options
    if (this.#keysOfAny.length > 0)
      return store.subscribe((change) => this.#hear(change, this.#keysOf.get(change.resource) ?? this.#keysOfAny))
    const ends = [...this.#keysOf].map(([resource, keysOf]) => store.subscribe((change) => this.#hear(change, keysOf), [resource]))
    return () => {
      for (const end of ends) end()
    }
  }

  /** Nothing new is begun; what runs comes to its end. */
  stop(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    for (const entry of this.#entries.values()) entry.cancel?.()
    this.#entries.clear()
  }

  /** Asks for a reconcile of `key` in `afterMs` at the latest. */
  wake(key: string, afterMs = latencyMs): void {
    const entry = this.#entries.get(key) ?? this.#newEntry(key)
    if (entry.running) {
      entry.again = true
      return
    }
    const atMs = this.#options.clock.now() + afterMs
    if (entry.atMs <= atMs) return
    entry.cancel?.()
    entry.atMs = atMs
    entry.cancel = this.#options.clock.after(afterMs, () => void this.#run(key, entry))
  }

  #newEntry(key: string): Entry {
    const entry = { cancel: undefined, atMs: Number.POSITIVE_INFINITY, failures: 0, running: false, again: false }
    this.#entries.set(key, entry)
    return entry
  }

  #hear(change: Change, watches: readonly KeysOf[]): void {
    for (const keysOf of watches) for (const key of keysOf(change)) this.wake(key)
  }

  async #run(key: string, entry: Entry): Promise<void> {
    entry.running = true
    entry.atMs = Number.POSITIVE_INFINITY
    entry.cancel = undefined
    const next = await this.#reconcile(key, entry)
    entry.running = false
    if (this.#unsubscribe === undefined || this.#entries.get(key) !== entry) return
    const { again } = entry
    entry.again = false
    if (again) this.wake(key)
    if (next !== undefined) this.wake(key, next)
    else if (!again && entry.failures === 0) this.#entries.delete(key)
  }

  /** Milliseconds until it wants to be run again. */
  async #reconcile(key: string, entry: Entry): Promise<number | undefined> {
    try {
      const wake = await this.#controller.reconcile(key)
      entry.failures = 0
      return wake?.afterMs
    } catch (error) {
      this.#options.onFailure?.(this.#controller.name, key, error)
      entry.failures += 1
      return Math.min(firstRetryMs * 2 ** (entry.failures - 1), longestRetryMs)
    }
  }
}

/** As the watch itself is asked: it may say `this`. */
function keysOfWatch(watch: Watch): KeysOf {
  return (change) => watch.keysOf(change)
}
