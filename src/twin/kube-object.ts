/**
 * Who an object is, as every kind has it. Times are RFC 3339 in whole seconds, `resourceVersion` is a decimal number as text.
 * Source: Kubernetes API conventions, Metadata.
 */
export interface ObjectMeta {
  readonly name: string
  readonly generateName?: string
  /** Absent on what is cluster-scoped. */
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly unknown[]
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
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
