import type { ObjectMeta as ReadMeta } from '../core/kubernetes/object-meta.ts'

/**
 * Who a stored object is: what a server gives every one is there. Times are RFC 3339 in whole seconds, `resourceVersion` is a decimal number as text.
 * Source: Kubernetes API conventions, Metadata.
 */
export interface ObjectMeta extends ReadMeta {
  readonly generateName?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly creationTimestamp: string
  readonly deletionGracePeriodSeconds?: number
  readonly managedFields?: readonly unknown[]
}

/**
 * A stored object of any kind. It is never changed in place, not by the store and not by a reader: a new version is a new object
 * that may share parts with the old one. So it can be handed out, kept in a history and serialised once.
 */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [field: string]: unknown
}

/** A copy that is not handed out yet. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** What a client sends: all of the metadata may be missing. */
export interface DraftObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: Partial<ObjectMeta>
  readonly [field: string]: unknown
}

/** An object read as the kind that it is known to be (a type of `kubernetes-types`); nothing is checked. */
export function as<T>(object: DraftObject): T {
  return object as unknown as T
}
