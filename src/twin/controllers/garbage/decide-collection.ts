import type { OwnerReference } from '../../../core/kubernetes/object-meta.ts'
import type { KubeObject } from '../../kube-object.ts'

/** Set while an object waits for its dependents to be deleted before it. */
export const foregroundFinalizer = 'foregroundDeletion'
/** Set while an object waits for its dependents to be released from it. */
export const orphanFinalizer = 'orphan'

/**
 * An owner as an object refers to it. `Dangling`: there is no such object any more. `Waiting`: it is being deleted in the foreground.
 * `Unknown`: its kind is not served, or it can be no owner (a namespaced one of what is cluster-scoped).
 */
export type OwnerState = 'Solid' | 'Dangling' | 'Waiting' | 'Unknown'

export interface OwnerLook {
  readonly reference: OwnerReference
  readonly state: OwnerState
}

export type Collection =
  | { readonly kind: 'Keep' }
  /** Somebody else still owns it: only these owners (by UID) are let go. */
  | { readonly kind: 'DropOwners'; readonly uids: readonly string[] }
  /** `unblock`: it no longer holds up its owners, lest a circle waits for itself. */
  | { readonly kind: 'Delete'; readonly policy: 'Background' | 'Foreground' | 'Orphan'; readonly unblock: boolean }
  | { readonly kind: 'RemoveFinalizer'; readonly finalizer: string }
  | { readonly kind: 'Orphan'; readonly dependents: readonly KubeObject[] }

/**
 * What the garbage collector does with an object, given what has become of its owners and who depends on it.
 * Source: Kubernetes, Garbage Collection; garbage collector controller.
 */
export function decideCollection(object: KubeObject, owners: readonly OwnerLook[], dependents: readonly KubeObject[]): Collection {
  if (object.metadata.deletionTimestamp !== undefined) return decideEnding(object, dependents)
  if (owners.length === 0 || owners.some(({ state }) => state === 'Unknown')) return { kind: 'Keep' }
  const lost = owners.filter(({ state }) => state !== 'Solid')
  if (lost.length < owners.length) {
    return lost.length === 0 ? { kind: 'Keep' } : { kind: 'DropOwners', uids: lost.map(({ reference }) => reference.uid) }
  }
  if (owners.some(({ state }) => state === 'Waiting') && dependents.length > 0) {
    return { kind: 'Delete', policy: 'Foreground', unblock: dependents.some(isDeletedInForeground) }
  }
  const policy = has(object, orphanFinalizer) ? 'Orphan' : has(object, foregroundFinalizer) ? 'Foreground' : 'Background'
  return { kind: 'Delete', policy, unblock: false }
}

function decideEnding(object: KubeObject, dependents: readonly KubeObject[]): Collection {
  if (has(object, orphanFinalizer)) return { kind: 'Orphan', dependents }
  if (!has(object, foregroundFinalizer) || dependents.some((dependent) => blocks(dependent, object.metadata.uid))) return { kind: 'Keep' }
  return { kind: 'RemoveFinalizer', finalizer: foregroundFinalizer }
}

/** Whether an object is being deleted and waits for its dependents. */
export function isDeletedInForeground(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && has(object, foregroundFinalizer)
}

function has({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) === true
}

function blocks({ metadata }: KubeObject, ownerUid: string): boolean {
  return metadata.ownerReferences?.some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true) === true
}
