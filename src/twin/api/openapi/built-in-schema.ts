import type { Field, FieldType } from '../../schema/fields/field.ts'
import type { StructType } from '../../schema/fields/struct-type.ts'
import { definitionName, scalarNames } from './definition-name.ts'
import type { Describe, Dialect, OpenApiSchema } from './open-api-schema.ts'

/** The definitions of types that are no structs of the tables. Source: Kubernetes, OpenAPI definitions. */
export function scalarDefinitions({ version }: Dialect): Readonly<Record<string, OpenApiSchema>> {
  const either = (format: string | undefined, second: string): OpenApiSchema =>
    version === 2
      ? { type: 'string', ...(format === undefined ? {} : { format }) }
      : { oneOf: [{ type: second }, { type: second === 'integer' ? 'string' : 'number' }], ...(format === undefined ? {} : { format }) }
  return {
    [scalarNames.intOrString]: either('int-or-string', 'integer'),
    [scalarNames.microTime]: { type: 'string', format: 'date-time' },
    [scalarNames.patch]: { type: 'object' },
    [scalarNames.quantity]: either(undefined, 'string'),
    [scalarNames.rawExtension]: { type: 'object' },
    [scalarNames.time]: { type: 'string', format: 'date-time' },
  }
}

/** The definition of a struct. */
export function structSchema(struct: StructType, dialect: Dialect, describe: Describe): OpenApiSchema {
  const fields = [...struct.fields.values()]
  const required = fields.filter((field) => field.required).map(({ name }) => name)
  return {
    ...described(describe(struct.name)),
    type: 'object',
    ...(required.length === 0 ? {} : { required: required.sort() }),
    ...(fields.length === 0
      ? {}
      : { properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field, struct, dialect, describe)])) }),
    ...(struct.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  }
}

function fieldSchema(field: Field, struct: StructType, dialect: Dialect, describe: Describe): OpenApiSchema {
  const value = typeSchema(field.type, dialect)
  const about = {
    ...described(describe(struct.name, field.name)),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...extensions(field),
  }
  // version 3 takes nothing beside a reference
  if (dialect.version === 3 && '$ref' in value && Object.keys(about).length > 0) return { ...about, allOf: [value] }
  return { ...about, ...value }
}

function extensions({ patch, list, map }: Field): OpenApiSchema {
  return {
    ...(list === undefined ? {} : { 'x-kubernetes-list-type': list.type }),
    ...(list === undefined || list.keys.length === 0 ? {} : { 'x-kubernetes-list-map-keys': list.keys }),
    ...(map === undefined ? {} : { 'x-kubernetes-map-type': map }),
    ...(patch === undefined ? {} : { 'x-kubernetes-patch-strategy': patch.strategy }),
    ...(patch?.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': patch.mergeKey }),
  }
}

function typeSchema(type: FieldType, dialect: Dialect): OpenApiSchema {
  const ref = (name: string) => ({ $ref: dialect.refPrefix + name })
  switch (type.kind) {
    case 'Struct':
      return ref(definitionName(type.name))
    case 'List':
      return { type: 'array', items: typeSchema(type.of, dialect) }
    case 'Map':
      return { type: 'object', additionalProperties: typeSchema(type.of, dialect) }
    case 'Any':
      return {}
    case 'Boolean':
      return { type: 'boolean' }
    case 'Bytes':
      return { type: 'string', format: 'byte' }
    case 'Double':
      return { type: 'number', format: 'double' }
    case 'Int32':
    case 'Int64':
      return { type: 'integer', format: type.kind.toLowerCase() }
    case 'String':
      return { type: 'string' }
    case 'IntOrString':
      return ref(scalarNames.intOrString)
    case 'MicroTime':
      return ref(scalarNames.microTime)
    case 'Object':
      return ref(scalarNames.rawExtension)
    case 'Quantity':
      return ref(scalarNames.quantity)
    case 'Time':
      return ref(scalarNames.time)
  }
}

/** Names of the definitions that a schema refers to. */
export function referencesOf(schema: unknown, dialect: Dialect): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((entry) => referencesOf(entry, dialect))
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([name, value]) =>
    name === '$ref' && typeof value === 'string' ? [value.slice(dialect.refPrefix.length)] : referencesOf(value, dialect),
  )
}

function described(description: string | undefined): OpenApiSchema {
  return description === undefined ? {} : { description }
}
