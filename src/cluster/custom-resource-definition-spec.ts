import { isDeepStrictEqual } from 'node:util'

/** A node of an OpenAPI schema, as far as fields are looked for in it. */
export interface SchemaNode {
  readonly type?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly additionalProperties?: SchemaNode | boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
}

export interface CrdVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly schema?: { readonly openAPIV3Schema?: SchemaNode }
  readonly subresources?: object
  readonly additionalPrinterColumns?: readonly object[]
}

/** `spec` of a CustomResourceDefinition, `v1` or `v1beta1`. */
export interface CrdSpec {
  readonly group: string
  readonly scope: string
  readonly names: { readonly kind: string; readonly plural: string; readonly singular?: string; readonly listKind?: string }
  readonly versions: readonly CrdVersion[]
  readonly conversion?: { readonly strategy: string }
  readonly preserveUnknownFields?: boolean
  // v1beta1 alone:
  readonly version?: string
  readonly validation?: { readonly openAPIV3Schema?: SchemaNode }
  readonly subresources?: object
  readonly additionalPrinterColumns?: readonly object[]
}

/** Whether two specs mean the same: what the server fills in by itself does not count. */
export function isSameSpec(wanted: CrdSpec, live: CrdSpec): boolean {
  return isDeepStrictEqual(withoutDefaults(wanted), withoutDefaults(live))
}

/**
 * Paths of fields that `wanted` has and `live` does not keep, e.g. `v1: spec.exclusive`; sorted.
 * A level that preserves unknown fields keeps everything below it.
 */
export function missingFields(wanted: CrdSpec, live: CrdSpec): string[] {
  return wanted.versions
    .flatMap((version) => {
      const same = live.versions.find(({ name, served }) => name === version.name && served)
      if (same === undefined) return [`${version.name}: the whole version`]
      if (hasStatus(wanted, version) && !hasStatus(live, same)) return [`${version.name}: the subresource status`]
      if (live.preserveUnknownFields === true) return []
      return missingBelow(schemaOf(wanted, version), schemaOf(live, same), '').map((path) => `${version.name}: ${path}`)
    })
    .sort()
}

/** Fields that every object has, whether its schema names them or not. */
const implicit = new Set(['apiVersion', 'kind', 'metadata'])

function missingBelow(wanted: SchemaNode | undefined, live: SchemaNode | undefined, path: string): string[] {
  if (wanted === undefined || live === undefined || live['x-kubernetes-preserve-unknown-fields'] === true) return []
  if (wanted.type !== undefined && live.type !== undefined && wanted.type !== live.type) return [path]
  const fields = Object.entries(wanted.properties ?? {}).flatMap(([name, child]) => {
    if (path === '' && implicit.has(name)) return []
    const at = path === '' ? name : `${path}.${name}`
    const same = live.properties?.[name]
    return same === undefined && !keepsAnyKey(live) ? [at] : missingBelow(child, same, at)
  })
  return [
    ...fields,
    ...missingBelow(wanted.items, live.items, `${path}[]`),
    ...missingBelow(asSchema(wanted.additionalProperties), asSchema(live.additionalProperties), `${path}.*`),
  ]
}

const keepsAnyKey = ({ additionalProperties }: SchemaNode) => additionalProperties !== undefined && additionalProperties !== false

const asSchema = (node: SchemaNode | boolean | undefined) => (typeof node === 'object' ? node : undefined)

const schemaOf = (spec: CrdSpec, version: CrdVersion) => (version.schema ?? spec.validation)?.openAPIV3Schema

function hasStatus(spec: CrdSpec, version: CrdVersion): boolean {
  return 'status' in (version.subresources ?? spec.subresources ?? {})
}

/** Source: k8s.io/apiextensions-apiserver, defaults of `v1` and `v1beta1`. */
function withoutDefaults({ names, conversion, preserveUnknownFields, version, versions, ...rest }: CrdSpec): unknown {
  const { singular = names.kind.toLowerCase(), listKind = `${names.kind}List` } = names
  return withoutEmpty({
    ...rest,
    names: { ...names, singular, listKind },
    versions,
    conversion: conversion?.strategy === 'None' ? undefined : conversion,
    // `v1` says false or nothing, `v1beta1` before pruning says true or nothing: only the unusual one counts.
    preserveUnknownFields:
      preserveUnknownFields === (rest.validation === undefined && version === undefined) ? preserveUnknownFields : undefined,
    version: version === versions[0]?.name ? undefined : version,
  })
}

/** The server leaves out what is empty, and so does this; an empty object says something in `subresources.status`. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([, child]) => child !== undefined && child !== null && !(Array.isArray(child) && child.length === 0),
  )
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutEmpty(child)]))
}
