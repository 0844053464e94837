import { as, type KubeObject } from '../../kube-object.ts'
import type { Change, ObjectStore } from '../../store/object-store.ts'
import { controllerOf, type OwnerKind } from './controller-reference.ts'
import type { PodObject } from './workload-objects.ts'

interface Owner extends KubeObject {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number; readonly observedGeneration?: number; readonly conditions?: readonly unknown[] }
}

export interface UnmovedBy {
  readonly owner: OwnerKind
  readonly store: ObjectStore
  /** Whether the owner cannot tell two versions of a pod apart. */
  readonly alike: (a: PodObject, b: PodObject) => boolean
}

/**
 * Whether a change of a pod leaves its owner as it is: it cannot tell the difference, and it has as many pods as it wants.
 * An owner that has not come to rest is run by whatever happens to its pods, as it may have failed before.
 */
export function leavesOwnerUnmoved({ kind, object, previous }: Change, { owner, store, alike }: UnmovedBy): boolean {
  if (kind !== 'Modified' || previous === undefined) return false
  const reference = controllerOf(object)
  if (reference === undefined || reference.kind !== owner.kind || controllerOf(previous)?.uid !== reference.uid) return false
  if (!alike(as<PodObject>(object), as<PodObject>(previous))) return false
  const found = store.get(owner.resource, object.metadata.namespace, reference.name)
  return found !== undefined && isAtRest(as<Owner>(found))
}

function isAtRest({ metadata, spec, status }: Owner): boolean {
  return (
    (status?.replicas ?? 0) === (spec?.replicas ?? 1) &&
    (status?.observedGeneration ?? 0) === (metadata.generation ?? 0) &&
    (status?.conditions ?? []).length === 0
  )
}
