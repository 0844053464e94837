import type { KubeObject } from '../kube-object.ts'

/** Objects by key; the order of the objects of one key is that in which they came. */
export interface Index {
  get(key: string): readonly KubeObject[]
  count(key: string): number
  keys(): Iterable<string>
}

/** An index over one table; an object can stand under several keys or under none. */
export class ObjectIndex implements Index {
  readonly #keysOf: (object: KubeObject) => readonly string[]
  readonly #byKey = new Map<string, Map<string, KubeObject>>()

  constructor(keysOf: (object: KubeObject) => readonly string[]) {
    this.#keysOf = keysOf
  }

  get(key: string): readonly KubeObject[] {
    return [...(this.#byKey.get(key)?.values() ?? [])]
  }

  count(key: string): number {
    return this.#byKey.get(key)?.size ?? 0
  }

  keys(): Iterable<string> {
    return this.#byKey.keys()
  }

  set(object: KubeObject, previous: KubeObject | undefined): void {
    const keys = this.#keysOf(object)
    if (previous !== undefined) {
      const before = this.#keysOf(previous)
      if (before !== keys) this.#dropFrom(before, previous, keys)
    }
    const { uid } = object.metadata
    for (const key of keys) {
      const entries = this.#byKey.get(key)
      if (entries === undefined) this.#byKey.set(key, new Map([[uid, object]]))
      else entries.set(uid, object)
    }
  }

  delete(object: KubeObject): void {
    this.#dropFrom(this.#keysOf(object), object, [])
  }

  #dropFrom(keys: readonly string[], object: KubeObject, except: readonly string[]): void {
    for (const key of keys) {
      if (except.includes(key)) continue
      const entries = this.#byKey.get(key)
      entries?.delete(object.metadata.uid)
      if (entries?.size === 0) this.#byKey.delete(key)
    }
  }
}
