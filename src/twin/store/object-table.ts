import { compareText } from '../../core/compare-text.ts'
import type { KubeObject } from '../kube-object.ts'
import { type Index, ObjectIndex, type Row } from './object-index.ts'

/** The objects of one resource by namespace and name. Sorted when a list is asked for, and only what has gained or lost an object since. */
export class ObjectTable {
  readonly #namespaces = new Map<string, Map<string, Row>>()
  readonly #sorted = new Map<string, readonly Row[]>()
  readonly #indexes: ObjectIndex[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  get(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#namespaces.get(namespace ?? '')?.get(name)?.object
  }

  list(namespace?: string): readonly KubeObject[] {
    const objects: KubeObject[] = []
    for (const one of namespace === undefined ? this.#namespacesInOrder() : [namespace]) {
      for (const { object } of this.#rowsOf(one)) objects.push(object)
    }
    return objects
  }

  /** Puts an object into its place; returns what was there. */
  set(object: KubeObject): KubeObject | undefined {
    const { namespace = '', name } = object.metadata
    const rows = this.#namespaces.get(namespace)
    const known = rows?.get(name)
    const row = known ?? { object, keys: [] }
    const previous = known?.object
    row.object = object
    if (known === undefined) this.#add(namespace, name, row)
    for (const index of this.#indexes) index.set(row)
    return previous
  }

  #add(namespace: string, name: string, row: Row): void {
    const rows = this.#namespaces.get(namespace)
    if (rows === undefined) this.#namespaces.set(namespace, new Map([[name, row]]))
    else rows.set(name, row)
    this.#size += 1
    this.#sorted.delete(namespace)
  }

  delete(namespace: string | undefined, name: string): void {
    const rows = this.#namespaces.get(namespace ?? '')
    const row = rows?.get(name)
    if (rows === undefined || row === undefined) return
    rows.delete(name)
    if (rows.size === 0) this.#namespaces.delete(namespace ?? '')
    this.#size -= 1
    this.#sorted.delete(namespace ?? '')
    for (const index of this.#indexes) index.delete(row)
  }

  addIndex(keysOf: (object: KubeObject) => readonly string[]): Index {
    const index = new ObjectIndex(keysOf, this.#indexes.length)
    for (const namespace of this.#namespacesInOrder()) for (const row of this.#rowsOf(namespace)) index.set(row)
    this.#indexes.push(index)
    return index
  }

  #namespacesInOrder(): readonly string[] {
    // As keys they are followed by a slash, which comes after a dash.
    return [...this.#namespaces.keys()].sort((a, b) => compareText(`${a}/`, `${b}/`))
  }

  #rowsOf(namespace: string): readonly Row[] {
    const rows = this.#namespaces.get(namespace)
    if (rows === undefined) return []
    let sorted = this.#sorted.get(namespace)
    if (sorted === undefined) {
      sorted = [...rows.values()].sort((a, b) => compareText(a.object.metadata.name, b.object.metadata.name))
      this.#sorted.set(namespace, sorted)
    }
    return sorted
  }
}
