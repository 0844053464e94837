/** An object as this collection serves it. */
export interface StoredObject {
  readonly metadata: { readonly name: string; readonly resourceVersion: string; readonly labels: Readonly<Record<string, string>> }
  readonly spec: { readonly value: string }
}

export interface StoredEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: StoredObject
  readonly version: number
}

/** A collection with the history that an API server has: numbered versions, events, snapshots for pages, compaction. */
export class VersionedCollection {
  readonly #objects = new Map<string, StoredObject>()
  readonly #listeners = new Set<(event: StoredEvent) => void>()
  #history: StoredEvent[] = []
  #version = 1_000
  #oldest = 0

  get version(): number {
    return this.#version
  }

  /** Whether events after this version are still known. */
  knows(version: number): boolean {
    return version >= this.#oldest
  }

  /** Name → value of all objects: the state to compare with. */
  state(): Map<string, string> {
    return new Map([...this.#objects.values()].map(({ metadata, spec }) => [metadata.name, spec.value]))
  }

  objects(): StoredObject[] {
    return [...this.#objects.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  }

  put(name: string, value: string): StoredObject {
    const type = this.#objects.has(name) ? 'MODIFIED' : 'ADDED'
    const object = this.#stamped(name, value)
    this.#objects.set(name, object)
    this.#tell({ type, object, version: this.#version })
    return object
  }

  remove(name: string): void {
    const stored = this.#objects.get(name)
    if (stored === undefined) return
    this.#objects.delete(name)
    const object = this.#stamped(name, stored.spec.value)
    this.#tell({ type: 'DELETED', object, version: this.#version })
  }

  /** A write to another kind: the version goes on, and nothing is told here. */
  writeElsewhere(): void {
    this.#version += 1
  }

  /** Forgets the events up to now. */
  compact(): void {
    this.#history = []
    this.#oldest = this.#version
  }

  /** Goes back to a state with lower versions, as after a restore of etcd from a backup. */
  restore(state: ReadonlyMap<string, string>): void {
    this.#objects.clear()
    this.#history = []
    this.#oldest = 0
    this.#version = 10
    for (const [name, value] of state) this.#objects.set(name, this.#stamped(name, value))
  }

  since(version: number): StoredEvent[] {
    return this.#history.filter((event) => event.version > version)
  }

  onEvent(listener: (event: StoredEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #stamped(name: string, value: string): StoredObject {
    this.#version += 1
    return { metadata: { name, resourceVersion: String(this.#version), labels: { zone: `z${name.length % 3}` } }, spec: { value } }
  }

  #tell(event: StoredEvent): void {
    this.#history.push(event)
    for (const listener of this.#listeners) listener(event)
  }
}
