import { z } from 'zod'

/** A schema as CustomResourceDefinitions want it: a type at every level, no references, no alternatives but int-or-string. */
export interface StructuralSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, StructuralSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: StructuralSchema
  readonly items?: StructuralSchema
  readonly anyOf?: readonly { readonly type: string }[]
  readonly [keyword: string]: unknown
}

type JsonSchema = Readonly<Record<string, unknown>>

/** Keywords that go into a CRD as they are. */
const copied = ['default', 'description', 'enum', 'format', 'maxItems', 'maxLength', 'minItems', 'minLength', 'pattern', 'type']

/**
 * Turns a Zod schema into the structural schema of a CustomResourceDefinition; keywords stand in alphabetical order. Extensions
 * (`x-kubernetes-…`) and keywords that only the API server is to enforce come from the schema's `meta`. Bounds of numbers are left out
 * where a `format` or JavaScript's own ±2^53 is their only reason.
 *
 * @throws Error on what a structural schema cannot say, such as a union: a fault of the schema's author, met by its tests.
 *
 * Source: Kubernetes documentation, CustomResourceDefinition, structural schemas.
 */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  return convert(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }) as JsonSchema, 'schema')
}

function convert(from: JsonSchema, at: string): StructuralSchema {
  if (from['x-kubernetes-int-or-string'] === true) {
    return sorted({ ...keep(from), anyOf: [{ type: 'integer' }, { type: 'string' }] })
  }
  const { type, properties, items, additionalProperties, required } = from
  if (typeof type !== 'string') throw new Error(`${at}: a structural schema needs one type, not ${JSON.stringify(Object.keys(from))}`)
  return sorted({
    ...keep(from),
    ...bounds(from),
    ...(isSchema(properties) ? { properties: convertProperties(properties, at) } : {}),
    ...(Array.isArray(required) && required.length > 0 ? { required: [...required].sort() } : {}),
    ...(isSchema(items) ? { items: convert(items, `${at}[]`) } : {}),
    ...(isSchema(additionalProperties) && Object.keys(additionalProperties).length > 0
      ? { additionalProperties: convert(additionalProperties, `${at}{}`) }
      : {}),
  })
}

function convertProperties(properties: JsonSchema, at: string): Record<string, StructuralSchema> {
  return sorted(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, convert(schema as JsonSchema, `${at}.${name}`)])),
  )
}

function keep(from: JsonSchema): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([keyword]) => copied.includes(keyword) || keyword.startsWith('x-kubernetes-')))
}

/** Zod bounds every integer by what a JavaScript number or its format can hold: that is not a rule of the API. */
function bounds({ minimum, maximum }: JsonSchema): Record<string, unknown> {
  const natural = [2 ** 53 - 1, 2 ** 31 - 1, -(2 ** 53 - 1), -(2 ** 31)]
  return Object.fromEntries(
    Object.entries({ minimum, maximum }).filter(([, bound]) => typeof bound === 'number' && !natural.includes(bound)),
  )
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))) as T
}
