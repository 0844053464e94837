/** Labels or annotations as the API gives them. */
export type StringMap = Readonly<Record<string, string>>

/** The part of `metadata` that Falkirk reads. Times are RFC 3339 strings, as on the wire. */
export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: StringMap
  readonly annotations?: StringMap
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
}

/** `metadata` as it may come from an API server or a file: nothing is certain, and what is empty may be null. */
export interface RawMeta {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly creationTimestamp?: string | null
  readonly deletionTimestamp?: string
  readonly labels?: StringMap | null
  readonly annotations?: StringMap | null
  readonly ownerReferences?: readonly OwnerReference[] | null
  readonly finalizers?: readonly string[] | null
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** Any object of a Kubernetes API. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
}
