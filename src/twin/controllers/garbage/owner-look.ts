import type { OwnerReference } from '../../../core/kubernetes/object-meta.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import type { KnownKinds } from '../known-kinds.ts'
import { isDeletedInForeground, type OwnerLook } from './decide-collection.ts'

/** Where owners are looked up. */
export interface OwnerSource {
  readonly store: ObjectStore
  readonly kinds: KnownKinds
}

/** What has become of the owners of an object. An owner counts only under its own UID, and in the object's namespace or in none. */
export function ownerLooks(object: KubeObject, source: OwnerSource): readonly OwnerLook[] {
  return (object.metadata.ownerReferences ?? []).map((reference) => {
    const owner = findOwner(object, reference, source)
    if (owner === 'Unknown') return { reference, state: 'Unknown' }
    if (owner === undefined) return { reference, state: 'Dangling' }
    return { reference, state: isDeletedInForeground(owner.object) ? 'Waiting' : 'Solid' }
  })
}

export interface FoundOwner {
  readonly resource: string
  readonly object: KubeObject
}

/** The owner that a reference of an object names; `Unknown` when its kind is not served or when it cannot be an owner. */
export function findOwner(
  object: KubeObject,
  reference: OwnerReference,
  { store, kinds }: OwnerSource,
): FoundOwner | 'Unknown' | undefined {
  const known = kinds.find(reference.apiVersion, reference.kind)
  const { namespace } = object.metadata
  if (known === undefined || (known.namespaced && namespace === undefined)) return 'Unknown'
  const owner = store.get(known.resource, known.namespaced ? namespace : undefined, reference.name)
  return owner?.metadata.uid === reference.uid ? { resource: known.resource, object: owner } : undefined
}
