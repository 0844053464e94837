import type { KubeObject, ObjectMeta, Writable } from '../kube-object.ts'
import { ChangeHistory } from './change-history.ts'
import type { Index } from './object-index.ts'
import { ObjectTable } from './object-table.ts'

/** One step of the store. `previous` is what the object was before (absent when it is new), `object` of a deletion its last state. */
export interface Change {
  /** `pods`, `deployments.apps`. */
  readonly resource: string
  readonly kind: 'Added' | 'Modified' | 'Deleted'
  readonly object: KubeObject
  readonly previous?: KubeObject
  readonly resourceVersion: number
}

interface Listener {
  readonly hear: (change: Change) => void
  /** All unless told. */
  readonly resources: ReadonlySet<string> | undefined
  /** It has been sent away, maybe while a change is told. */
  gone: boolean
}

export interface ObjectStoreOptions {
  /** How many changes of each resource a watch can start before; older ones are `Expired`. 10,000 unless told. */
  readonly historyLimit?: number
  /** The resourceVersion before the first change; 0 unless told. */
  readonly startVersion?: number
}

/**
 * What etcd is to an API server: objects by resource, namespace and name, one global version, and the changes that led here.
 * It knows nothing of what an object means. Everything happens at once and in order: when `put` returns, the listeners have run.
 */
export class ObjectStore {
  readonly #tables = new Map<string, ObjectTable>()
  /** Sorted; worked out anew when there is one more. */
  #resources: readonly string[] | undefined
  readonly #listeners = new Set<Listener>()
  /** Who hears of a resource, in the order in which they came; found out again when somebody comes or goes. */
  readonly #hearers = new Map<string, readonly Listener[]>()
  readonly #history: ChangeHistory
  #version: number

  constructor(options: ObjectStoreOptions = {}) {
    this.#version = options.startVersion ?? 0
    this.#history = new ChangeHistory(options.historyLimit ?? 10_000, this.#version)
  }

  /** Of the last change of anything. */
  get resourceVersion(): number {
    return this.#version
  }

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#tables.get(resource)?.get(namespace, name)
  }

  /** Of one namespace, or of all, ordered as etcd orders its keys: by namespace, then by name. */
  list(resource: string, namespace?: string): readonly KubeObject[] {
    return this.#tables.get(resource)?.list(namespace) ?? []
  }

  count(resource: string): number {
    return this.#tables.get(resource)?.size ?? 0
  }

  /** Every resource that has ever held an object. */
  resources(): readonly string[] {
    this.#resources ??= [...this.#tables.keys()].sort()
    return this.#resources
  }

  /** Stores an object under its metadata, with the next version; returns it as stored. */
  put(resource: string, object: KubeObject): KubeObject {
    const stored = this.#nextVersion(object)
    const previous = this.#table(resource).set(stored)
    const resourceVersion = this.#version
    if (previous === undefined) this.#record({ resource, kind: 'Added', object: stored, resourceVersion })
    else this.#record({ resource, kind: 'Modified', object: stored, previous, resourceVersion })
    return stored
  }

  /** Takes an object away; `last` is how the watches shall see it go (its stored state unless told). Nothing happens when it is not there. */
  remove(resource: string, namespace: string | undefined, name: string, last?: KubeObject): KubeObject | undefined {
    const table = this.#tables.get(resource)
    const previous = table?.get(namespace, name)
    if (table === undefined || previous === undefined) return undefined
    const gone = this.#nextVersion(last ?? previous)
    table.delete(namespace, name)
    this.#record({ resource, kind: 'Deleted', object: gone, previous, resourceVersion: this.#version })
    return gone
  }

  /** Called with every change (of these resources, when they are told), at once; the returned function ends that. A listener must not throw. */
  subscribe(hear: (change: Change) => void, resources?: Iterable<string>): () => void {
    const listener: Listener = { hear, resources: resources && new Set(resources), gone: false }
    this.#listeners.add(listener)
    this.#forgetHearers(listener)
    return () => {
      listener.gone = true
      this.#listeners.delete(listener)
      this.#forgetHearers(listener)
    }
  }

  /** The changes of one resource after a version, oldest first; `Expired` when they are no longer all there. */
  changesSince(resource: string, version: number): readonly Change[] | 'Expired' {
    return this.#history.since(resource, version)
  }

  /** Objects of a resource by a value of theirs (the node of a pod, the UID of an owner), kept up to date from now on. */
  index(resource: string, keysOf: (object: KubeObject) => readonly string[]): Index {
    return this.#table(resource).addIndex(keysOf)
  }

  #table(resource: string): ObjectTable {
    const known = this.#tables.get(resource)
    if (known !== undefined) return known
    const table = new ObjectTable()
    this.#tables.set(resource, table)
    this.#resources = undefined
    return table
  }

  #nextVersion(object: KubeObject): KubeObject {
    this.#version += 1
    // fields are set after the copy: a literal that writes over what it has spread costs V8 a new hidden class each time
    const metadata: Writable<ObjectMeta> = { ...object.metadata }
    metadata.resourceVersion = String(this.#version)
    const stored: Writable<KubeObject> = { ...object }
    stored.metadata = metadata
    return stored
  }

  #record(change: Change): void {
    this.#history.add(change)
    for (const listener of this.#hearersOf(change.resource)) if (!listener.gone) listener.hear(change)
  }

  #hearersOf(resource: string): readonly Listener[] {
    const known = this.#hearers.get(resource)
    if (known !== undefined) return known
    const hearers = [...this.#listeners].filter(({ resources }) => resources === undefined || resources.has(resource))
    this.#hearers.set(resource, hearers)
    return hearers
  }

  #forgetHearers({ resources }: Listener): void {
    if (resources === undefined) this.#hearers.clear()
    else for (const resource of resources) this.#hearers.delete(resource)
  }
}
