/** What a value may be, as Kubernetes' API types have it. `Any` is JSON of any form, `Object` JSON of one object (a raw extension). */
export type FieldType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'Struct'; readonly name: string }
  | { readonly kind: 'List'; readonly of: FieldType }
  | { readonly kind: 'Map'; readonly of: FieldType }

export type ScalarKind =
  | 'Any'
  | 'Boolean'
  | 'Bytes'
  | 'Double'
  | 'Int32'
  | 'Int64'
  | 'IntOrString'
  | 'MicroTime'
  | 'Object'
  | 'Quantity'
  | 'String'
  | 'Time'

/** One field of a struct. */
export interface Field {
  readonly name: string
  readonly type: FieldType
  /** What the OpenAPI document calls required. */
  readonly required: boolean
  /** A missing value differs from the zero of its type. */
  readonly pointer: boolean
  /** When the server encodes it: `Always`, or only when it is not the zero of its type; structs by value are never empty but with `NonZero`. */
  readonly encoded: 'Always' | 'NonEmpty' | 'NonZero'
  /** `x-kubernetes-patch-strategy` and `-merge-key`. */
  readonly patch?: { readonly strategy: string; readonly mergeKey?: string }
  /** `x-kubernetes-list-type` and `-list-map-keys`. */
  readonly list?: { readonly type: 'atomic' | 'map' | 'set'; readonly keys: readonly string[] }
  /** `x-kubernetes-map-type`. */
  readonly map?: 'atomic'
  readonly default?: unknown
  /** The minors that know it, both included; as far as known. */
  readonly sinceMinor?: number
  readonly untilMinor?: number
}
