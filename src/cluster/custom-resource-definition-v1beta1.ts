import { isDeepStrictEqual } from 'node:util'
import type { CrdSpec, CrdVersion } from './custom-resource-definition-spec.ts'

/**
 * Writes a `v1` spec as `v1beta1` for servers before 1.16.
 * What all versions share stands at the top, where 1.14 looks for it, printer columns have `JSONPath`, and of the schemas
 * defaults and `x-kubernetes-*` are left out: 1.14 and 1.15 refuse or drop them, and nothing is pruned there.
 * Source: Kubernetes "CustomResourceDefinition" documentation of v1.15 and the deprecated API migration guide.
 */
export function specV1beta1(spec: CrdSpec): CrdSpec {
  const { versions, ...rest } = spec
  const first = versions[0]
  const shared = first !== undefined && versions.every((version) => isDeepStrictEqual(withoutName(version), withoutName(first)))
  return {
    ...rest,
    ...(first === undefined ? {} : { version: first.name }),
    ...(shared ? topLevel(first) : {}),
    versions: versions.map(({ name, served, storage, ...own }) => ({ name, served, storage, ...(shared ? {} : ownLevel(own)) })),
  }
}

const withoutName = ({ name: _name, served: _served, storage: _storage, ...own }: CrdVersion) => own

type Own = Omit<CrdVersion, 'name' | 'served' | 'storage'>

function topLevel({ schema, subresources, additionalPrinterColumns }: Own) {
  return {
    ...(schema?.openAPIV3Schema === undefined ? {} : { validation: { openAPIV3Schema: plainSchema(schema.openAPIV3Schema) as object } }),
    ...(subresources === undefined ? {} : { subresources }),
    ...(additionalPrinterColumns === undefined ? {} : { additionalPrinterColumns: additionalPrinterColumns.map(oldColumn) }),
  }
}

function ownLevel(own: Own) {
  const { validation, ...rest } = topLevel(own)
  return { ...rest, ...(validation === undefined ? {} : { schema: validation }) }
}

function oldColumn({ jsonPath, ...rest }: { jsonPath?: string }): object {
  return jsonPath === undefined ? rest : { ...rest, JSONPath: jsonPath }
}

/** Below `properties` the keys are names of fields, and a field may well be called `default`. */
function plainSchema(value: unknown, keys: 'Keywords' | 'Names' = 'Keywords'): unknown {
  if (Array.isArray(value)) return value.map((item) => plainSchema(item))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => keys === 'Names' || (key !== 'default' && !key.startsWith('x-kubernetes-')))
  return Object.fromEntries(
    kept.map(([key, child]) => {
      if (keys === 'Keywords' && (key === 'enum' || key === 'example')) return [key, child]
      return [key, plainSchema(child, keys === 'Keywords' && key === 'properties' ? 'Names' : 'Keywords')]
    }),
  )
}
