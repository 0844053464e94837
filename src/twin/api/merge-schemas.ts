import type { MergeSchema } from './patch/merge-schema.ts'
import { BuiltInSchemas } from './patch/schema/built-in-schema.ts'
import { structuralMergeSchema } from './patch/schema/structural-schema.ts'
import type { ServedResource } from './resource-catalog.ts'
import type { CustomVersion } from './resource-type.ts'

/** How the objects of each resource are merged, as a server of a minor does it; of custom resources as their schema says. */
export function mergeSchemas(minor: number): (served: ServedResource) => MergeSchema {
  const builtIn = new BuiltInSchemas(minor)
  const custom = new WeakMap<CustomVersion, MergeSchema>()
  return ({ type, version }) => {
    const own = type.custom?.[version]
    if (own === undefined) return builtIn.schemaOf(type.group, type.kind)
    const known = custom.get(own)
    if (known !== undefined) return known
    const schema = structuralMergeSchema(own.schema, minor)
    custom.set(own, schema)
    return schema
  }
}
