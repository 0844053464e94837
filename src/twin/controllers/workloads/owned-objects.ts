import type { KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { controllerOf } from './controller-reference.ts'

/** The objects of one resource by who manages them, without a search. One of these serves all controllers. */
export class OwnedObjects {
  readonly #index: Index

  constructor(store: ObjectStore, resource: string) {
    this.#index = store.index(resource, (object) => {
      const controller = controllerOf(object)
      return [controller === undefined ? orphanKey(object.metadata.namespace) : controller.uid]
    })
  }

  /** Managed by the object with this UID, in the order in which they came. */
  controlledBy(uid: string): readonly KubeObject[] {
    return this.#index.get(uid)
  }

  /** Of a namespace, managed by nobody. */
  orphans(namespace: string | undefined): readonly KubeObject[] {
    return this.#index.get(orphanKey(namespace))
  }
}

/** A UID has no slash. */
function orphanKey(namespace: string | undefined): string {
  return `orphans/${namespace ?? ''}`
}
