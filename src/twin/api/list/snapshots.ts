import { compareText } from '../../../core/compare-text.ts'
import type { KubeObject } from '../../kube-object.ts'
import { nameOf } from '../../object-key.ts'
import type { ObjectStore } from '../../store/object-store.ts'

/** Lists of earlier versions that are kept, so that the pages of a long list cost what they hold. */
const mostKept = 8

interface Snapshot {
  readonly resource: string
  readonly resourceVersion: number
  readonly objects: readonly KubeObject[]
}

/** All objects of a resource as they were at a version, in the order of their keys. */
export class Snapshots {
  readonly #store: ObjectStore
  /** The one that was asked for last comes last. */
  readonly #kept: Snapshot[] = []

  constructor(store: ObjectStore) {
    this.#store = store
  }

  /** `Expired` when the changes since then are no longer known. */
  at(resource: string, resourceVersion: number): readonly KubeObject[] | 'Expired' {
    const index = this.#kept.findIndex((one) => one.resource === resource && one.resourceVersion === resourceVersion)
    const known = index < 0 ? this.#reconstruct(resource, resourceVersion) : this.#kept.splice(index, 1)[0]?.objects
    if (known === undefined || known === 'Expired') return 'Expired'
    this.#kept.push({ resource, resourceVersion, objects: known })
    if (this.#kept.length > mostKept) this.#kept.shift()
    return known
  }

  /** The changes since then are taken back, the newest first. */
  #reconstruct(resource: string, resourceVersion: number): readonly KubeObject[] | 'Expired' {
    const changes = this.#store.changesSince(resource, resourceVersion)
    if (changes === 'Expired') return 'Expired'
    const current = this.#store.list(resource)
    if (changes.length === 0) return current
    const before = new Map<string, KubeObject | undefined>()
    for (const { object, kind, previous } of changes) {
      const key = nameOf(object)
      if (!before.has(key)) before.set(key, kind === 'Added' ? undefined : previous)
    }
    const same = current.filter((object) => !before.has(nameOf(object)))
    const others = [...before.values()].filter((object) => object !== undefined)
    return [...same, ...others].sort((a, b) => compareText(nameOf(a), nameOf(b)))
  }
}

/** Where the first object comes whose key is after `key`. */
export function firstAfter(objects: readonly KubeObject[], key: string): number {
  let [low, high] = [0, objects.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const object = objects[middle]
    if (object !== undefined && compareText(nameOf(object), key) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
