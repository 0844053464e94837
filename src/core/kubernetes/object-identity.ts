import type { StringMap } from './object-meta.ts'

/** What every object of a cache is known by. */
export interface ObjectIdentity {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly labels: StringMap
}

interface RawMetadata {
  name?: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  labels?: Record<string, string> | null
}

/** Reads an object's identity from its metadata as the API gives them; what is missing is empty. */
export function objectIdentity({ name = '', namespace = '', uid = '', resourceVersion = '', labels }: RawMetadata): ObjectIdentity {
  return { name, namespace, uid, resourceVersion, labels: labels ?? {} }
}
