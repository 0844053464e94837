import { groupResource } from './status-error.ts'

/** A version in which a resource is served, with the first and the last minor of Kubernetes 1 that serve it (both included). */
export interface ServedVersion {
  readonly version: string
  readonly fromMinor: number
  readonly toMinor?: number
}

/** One resource of the API: what discovery says of it and how it is stored. Stored once, in the form of its newest version. */
export interface ResourceType {
  /** Empty for core/v1. */
  readonly group: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  /** Newest first. */
  readonly versions: readonly ServedVersion[]
  /** Below an object, as in its path: `status`, `scale`, `binding`, `eviction`, `log`, `token`, `approval`, `finalize` … */
  readonly subresources: readonly string[]
  /** Only these verbs, where it is not all (a review can only be created). */
  readonly verbs?: readonly string[]
  /**
   * The group that keeps the objects and the form in which it does, where this one is a second way to them: `networking.k8s.io`, `v1`
   * for the ingresses of `extensions`. `schema/conversion` turns one into the other.
   */
  readonly keptBy?: { readonly group: string; readonly version: string }
  /** Of a CRD: its structural schema and what else `CustomResourceDefinition` says of it, by version. */
  readonly custom?: CustomVersions
}

/** From a CustomResourceDefinition, by version name. */
export type CustomVersions = Readonly<Record<string, CustomVersion>>

export interface CustomVersion {
  readonly schema: Readonly<Record<string, unknown>> | undefined
  readonly printerColumns: readonly PrinterColumn[]
  readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string }
  readonly selectableFields: readonly string[]
  /** What its users are warned of; empty: with the usual words. */
  readonly deprecation?: string
}

export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly description?: string
  readonly priority?: number
  readonly jsonPath: string
}

type StoredPlace = Pick<ResourceType, 'group' | 'plural' | 'keptBy'>

/** A name is looked up at every write many times; made anew each time it would have to be hashed each time. */
const storedNames = new WeakMap<StoredPlace, string>()

/** The name under which the store keeps a resource: `pods`, `deployments.apps`. */
export function storedAs(type: StoredPlace): string {
  const known = storedNames.get(type)
  if (known !== undefined) return known
  const name = groupResource(type.keptBy?.group ?? type.group, type.plural)
  storedNames.set(type, name)
  return name
}
