import { fieldOf } from '../../../api/patch/json-object.ts'
import { additionalSchema, type JsonSchema } from '../json-schema.ts'

/** Words that CEL keeps for itself: a field of such a name is written `__NAME__`. */
const reserved = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(' '),
)

/**
 * A JSON value as its schema makes it for a rule: whole numbers are integers, dates are timestamps, fields have names that CEL can write.
 * What the schema does not specify is not seen. Source: Kubernetes, Type integration of validation rules.
 */
export function celValue(value: unknown, schema: JsonSchema): unknown {
  if (value === null || value === undefined) return null
  if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'number' ? BigInt(Math.trunc(value)) : value
  if (Array.isArray(value)) return value.map((item) => celValue(item, schema.items ?? {}))
  if (typeof value === 'object') return celObject(value as Readonly<Record<string, unknown>>, schema)
  if (typeof value === 'number') return schema.type === 'integer' && Number.isInteger(value) ? BigInt(value) : value
  return typeof value === 'string' && schema.format !== undefined ? celText(value, schema.format) : value
}

/** A JSON value of which no schema is known: whole numbers are integers, texts stay texts, and fields keep their names. */
export function untypedCelValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untypedCelValue)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, untypedCelValue(field)]))
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value
}

function celText(text: string, format: string): unknown {
  if (format !== 'date-time' && format !== 'date') return text
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? text : time
}

function celObject(object: Readonly<Record<string, unknown>>, schema: JsonSchema): unknown {
  const additional = additionalSchema(schema)
  const isMap = schema.properties === undefined && additional !== undefined
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  const entries = Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    const field = fieldOf(schema.properties ?? {}, name) ?? additional ?? (embedded ? metaSchema(name) : undefined)
    return field === undefined ? [] : [[isMap ? name : escapedName(name), celValue(value, field)]]
  })
  return Object.fromEntries(entries)
}

const text: JsonSchema = { type: 'string' }
const metadata: JsonSchema = { type: 'object', properties: { name: text, generateName: text } }

/** What rules see of an object itself, whatever its schema says. */
function metaSchema(name: string): JsonSchema | undefined {
  if (name === 'metadata') return metadata
  return name === 'apiVersion' || name === 'kind' ? text : undefined
}

/** The name under which a rule reaches a field. */
function escapedName(name: string): string {
  if (reserved.has(name)) return `__${name}__`
  return name.replaceAll('__', '__underscores__').replaceAll('.', '__dot__').replaceAll('-', '__dash__').replaceAll('/', '__slash__')
}
