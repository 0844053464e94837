import { additionalSchema, type JsonSchema } from '../../schema/custom/json-schema.ts'
import { definitionName } from './definition-name.ts'
import type { Dialect, OpenApiSchema } from './open-api-schema.ts'

/** The definition of a custom kind from its schema; of one without, an object of which nothing is known. */
export function customKindSchema(schema: JsonSchema | undefined, dialect: Dialect): OpenApiSchema {
  if (schema === undefined) return { type: 'object' }
  const own = dialect.version === 2 ? schemaVersion2(schema) : schemaVersion3(schema)
  if (dialect.version === 2 && own.properties === undefined) return own
  const properties = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    ...(own.properties as object | undefined),
    metadata: { $ref: dialect.refPrefix + definitionName('meta/v1.ObjectMeta') },
  }
  return { ...own, type: 'object', properties }
}

/** All but what only the server itself reads. */
function schemaVersion3(schema: JsonSchema): OpenApiSchema {
  const { 'x-kubernetes-embedded-resource': embedded, ...rest } = schema
  return embedded === true ? { ...rest, 'x-kubernetes-embedded-resource': true } : rest
}

/**
 * A schema as version 2 can say it: without alternatives, and silent where null or any field is allowed, so that clients which check
 * against it do not refuse what the server takes. Source: apiextensions-apiserver, ToStructuralOpenAPIV2.
 */
function schemaVersion2(schema: JsonSchema): OpenApiSchema {
  const {
    anyOf: _any,
    oneOf: _one,
    allOf: _all,
    not: _not,
    default: _default,
    nullable,
    items,
    properties,
    additionalProperties: _more,
    ...rest
  } = schema
  const additional = additionalSchema(schema)
  if (nullable === true || schema['x-kubernetes-int-or-string'] === true) {
    const { type: _type, ...untyped } = rest
    return untyped
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return rest
  return {
    ...rest,
    ...(items === undefined ? {} : { items: schemaVersion2(items) }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, schemaVersion2(field)])) }),
    ...(additional === undefined ? {} : { additionalProperties: schemaVersion2(additional) }),
  }
}
