import type { KubeObject } from '../kube-object.ts'
import type { Index, ObjectIndex } from './object-index.ts'

/** The objects of one resource by namespace and name. Sorted when a list is asked for, and only what has gained or lost a name since. */
export class ObjectTable {
  readonly #namespaces = new Map<string, Map<string, KubeObject>>()
  readonly #sorted = new Map<string, readonly string[]>()
  readonly #indexes: ObjectIndex[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  get(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#namespaces.get(namespace ?? '')?.get(name)
  }

  list(namespace?: string): readonly KubeObject[] {
    if (namespace !== undefined) return this.#listOne(namespace)
    // As keys they are followed by a slash, which comes after a dash.
    const names = [...this.#namespaces.keys()].sort((a, b) => compareText(`${a}/`, `${b}/`))
    return names.flatMap((name) => this.#listOne(name))
  }

  set(object: KubeObject): void {
    const { namespace = '', name } = object.metadata
    const objects = this.#namespaces.get(namespace) ?? new Map<string, KubeObject>()
    if (objects.size === 0) this.#namespaces.set(namespace, objects)
    const previous = objects.get(name)
    objects.set(name, object)
    if (previous === undefined) {
      this.#size += 1
      this.#sorted.delete(namespace)
    }
    for (const index of this.#indexes) index.set(object, previous)
  }

  delete(namespace: string | undefined, name: string): void {
    const objects = this.#namespaces.get(namespace ?? '')
    const previous = objects?.get(name)
    if (objects === undefined || previous === undefined) return
    objects.delete(name)
    if (objects.size === 0) this.#namespaces.delete(namespace ?? '')
    this.#size -= 1
    this.#sorted.delete(namespace ?? '')
    for (const index of this.#indexes) index.delete(previous)
  }

  addIndex(index: ObjectIndex): Index {
    for (const object of this.list()) index.set(object, undefined)
    this.#indexes.push(index)
    return index
  }

  #listOne(namespace: string): readonly KubeObject[] {
    const objects = this.#namespaces.get(namespace)
    if (objects === undefined) return []
    let names = this.#sorted.get(namespace)
    if (names === undefined) {
      names = [...objects.keys()].sort(compareText)
      this.#sorted.set(namespace, names)
    }
    return names.flatMap((name) => objects.get(name) ?? [])
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
