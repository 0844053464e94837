import type { KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { ObjectStore } from '../../store/object-store.ts'

export interface Dependent {
  readonly resource: string
  readonly object: KubeObject
}

/** Who refers to an owner, in every resource there is, those of new CustomResourceDefinitions too. */
export class Dependents {
  readonly #store: ObjectStore
  readonly #indexes = new Map<string, Index>()

  constructor(store: ObjectStore) {
    this.#store = store
  }

  of(ownerUid: string): readonly Dependent[] {
    const found: Dependent[] = []
    for (const resource of this.#store.resources()) {
      const index = this.#index(resource)
      if (index.count(ownerUid) === 0) continue
      for (const object of index.get(ownerUid)) found.push({ resource, object })
    }
    return found
  }

  #index(resource: string): Index {
    const known = this.#indexes.get(resource)
    if (known !== undefined) return known
    const index = this.#store.index(resource, ({ metadata }) => (metadata.ownerReferences ?? []).map(({ uid }) => uid))
    this.#indexes.set(resource, index)
    return index
  }
}
