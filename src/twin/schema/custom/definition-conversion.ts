import type { JsonObject } from '../../api/patch/json-object.ts'
import { sameJson } from '../../api/same-json.ts'

/** What v1beta1 may say once for all versions, and v1 says for each: the name above, the name in a version, and its v1 form. */
const perVersion = [
  { above: 'validation', within: 'schema' },
  { above: 'subresources', within: 'subresources' },
  { above: 'additionalPrinterColumns', within: 'additionalPrinterColumns' },
] as const

/**
 * The spec of a CustomResourceDefinition `apiextensions.k8s.io/v1beta1` in the form of v1, without a loss.
 * Source: Kubernetes, CustomResourceDefinition versions; apiextensions-apiserver v0.20 conversion.
 */
export function definitionSpecToV1(spec: JsonObject): JsonObject {
  const { version, versions, validation, subresources, additionalPrinterColumns, conversion, ...rest } = spec
  const listed = Array.isArray(versions) && versions.length > 0 ? (versions as readonly JsonObject[]) : oneVersion(version)
  const above: JsonObject = { validation, subresources, additionalPrinterColumns }
  return {
    ...rest,
    ...(conversion === undefined ? {} : { conversion: conversionToV1(conversion as JsonObject) }),
    versions: listed.map((entry) => versionToV1(entry, above)),
    // the default of v1beta1; v1 has another
    preserveUnknownFields: spec.preserveUnknownFields ?? true,
  }
}

function oneVersion(name: unknown): readonly JsonObject[] {
  return typeof name === 'string' && name !== '' ? [{ name, served: true, storage: true }] : []
}

function versionToV1(version: JsonObject, above: JsonObject): JsonObject {
  const taken = perVersion.flatMap(({ above: name, within }) => {
    const value = version[within] ?? above[name]
    return value === undefined
      ? []
      : [[within, within === 'additionalPrinterColumns' ? renamedPaths(value, 'JSONPath', 'jsonPath') : value] as const]
  })
  return { ...version, ...Object.fromEntries(taken) }
}

/** The spec of a stored definition in the form of v1beta1: what is the same in all versions stands above them. */
export function definitionSpecToV1beta1(spec: JsonObject): JsonObject {
  const { versions, conversion, ...rest } = spec
  const listed = ((versions ?? []) as readonly JsonObject[]).map((version) => {
    const columns = version.additionalPrinterColumns
    return columns === undefined ? version : { ...version, additionalPrinterColumns: renamedPaths(columns, 'jsonPath', 'JSONPath') }
  })
  const shared = perVersion.filter(
    ({ within }) => listed[0]?.[within] !== undefined && listed.every((entry) => sameJson(entry[within], listed[0]?.[within])),
  )
  const above = shared.map(({ above: name, within }) => [name, listed[0]?.[within]] as const)
  const within = new Set<string>(shared.map((entry) => entry.within))
  return {
    ...rest,
    ...Object.fromEntries(above),
    ...(listed[0] === undefined ? {} : { version: listed[0].name }),
    versions: listed.map((entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => !within.has(name)))),
    ...(conversion === undefined ? {} : { conversion: conversionToV1beta1(conversion as JsonObject) }),
    preserveUnknownFields: spec.preserveUnknownFields ?? false,
  }
}

function conversionToV1({ strategy, webhookClientConfig, conversionReviewVersions }: JsonObject): JsonObject {
  const webhook = {
    ...(webhookClientConfig === undefined ? {} : { clientConfig: webhookClientConfig }),
    ...(conversionReviewVersions === undefined ? {} : { conversionReviewVersions }),
  }
  return { strategy, ...(Object.keys(webhook).length === 0 ? {} : { webhook }) }
}

function conversionToV1beta1({ strategy, webhook }: JsonObject): JsonObject {
  const { clientConfig, conversionReviewVersions } = (webhook ?? {}) as JsonObject
  return {
    strategy,
    ...(clientConfig === undefined ? {} : { webhookClientConfig: clientConfig }),
    ...(conversionReviewVersions === undefined ? {} : { conversionReviewVersions }),
  }
}

function renamedPaths(columns: unknown, from: string, to: string): unknown {
  if (!Array.isArray(columns)) return columns
  return columns.map((column: JsonObject) =>
    Object.fromEntries(Object.entries(column).map(([name, value]) => [name === from ? to : name, value])),
  )
}
