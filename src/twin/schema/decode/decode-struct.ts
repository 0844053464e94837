import { isJsonObject, type JsonObject } from '../../api/patch/json-object.ts'
import type { Field, FieldType } from '../fields/field.ts'
import type { StructType, StructTypes } from '../fields/struct-type.ts'
import type { DecodeProblem, TrailStep } from './decode-problem.ts'
import { zeroOf, zeroValue } from './zero-value.ts'

export interface DecodedStruct {
  /** What the server holds after it has read the value: fields in its order, without unknown ones, empty ones as it encodes them. */
  readonly value: JsonObject
  /** Paths of unknown fields: `spec.template.spec.containers[0].foo`. */
  readonly unknown: readonly string[]
}

/**
 * Reads a JSON object as a built-in struct, as the server's decoder and encoder together would: unknown fields are dropped, null counts as
 * absent, an empty value that the type does not keep is dropped, a struct that is no pointer is there even when it is empty.
 * Returns the first problem in place of the struct where a value does not fit.
 */
export function decodeStruct(value: unknown, struct: string, structs: StructTypes): DecodedStruct | DecodeProblem {
  const decoder = new Decoder(structs)
  const decoded = decoder.value(value, { kind: 'Struct', name: struct }, { path: '', trail: [] })
  return decoder.problem ?? { value: decoded as JsonObject, unknown: decoder.unknown }
}

interface Place {
  readonly path: string
  readonly trail: readonly TrailStep[]
}

/** One walk over a value; it ends at the first problem. */
class Decoder {
  readonly unknown: string[] = []
  problem: DecodeProblem | undefined
  readonly #structs: StructTypes

  constructor(structs: StructTypes) {
    this.#structs = structs
  }

  value(value: unknown, type: FieldType, place: Place): unknown {
    switch (type.kind) {
      case 'Struct':
        return this.#struct(value, type.name, place)
      case 'List':
        return Array.isArray(value) ? this.#list(value, type.of, place) : this.#fail(value, type, place)
      case 'Map':
        return isJsonObject(value) ? this.#map(value, type.of, place) : this.#fail(value, type, place)
      default:
        return isScalar(value, type.kind) ? value : this.#fail(value, type, place)
    }
  }

  #fail(value: unknown, type: FieldType, { trail }: Place): undefined {
    this.problem ??= { trail, type, value }
    return undefined
  }

  #struct(value: unknown, name: string, place: Place): unknown {
    const struct = this.#structs.get(name)
    if (struct === undefined) return value
    if (!isJsonObject(value)) return this.#fail(value, { kind: 'Struct', name }, place)
    for (const field of Object.keys(value)) {
      if (!struct.fields.has(field)) this.unknown.push(pathOf(place.path, field))
    }
    const next: Record<string, unknown> = {}
    for (const field of struct.fields.values()) {
      const own = Object.hasOwn(value, field.name) ? value[field.name] : undefined
      const decoded = this.#field(own, field, struct, place)
      if (decoded !== undefined) next[field.name] = decoded
      if (this.problem !== undefined) return next
    }
    return next
  }

  #field(value: unknown, field: Field, struct: StructType, { path, trail }: Place): unknown {
    const given = value ?? undefined
    if (given === undefined) return zeroOf(field, this.#structs)
    const decoded = this.value(given, field.type, {
      path: pathOf(path, field.name),
      trail: [...trail, { struct: struct.name, field: field.name }],
    })
    const keeps = field.encoded === 'Always' || field.pointer || field.type.kind === 'Struct'
    return keeps || !isEmpty(decoded) ? decoded : undefined
  }

  #list(list: readonly unknown[], of: FieldType, { path, trail }: Place): readonly unknown[] {
    const items = of.kind === 'Struct' ? [...trail, { struct: `[]${of.name}` }] : trail
    return list.map((item, index) => this.value(item ?? emptyItem(of), of, { path: `${path}[${index}]`, trail: items }))
  }

  #map(map: JsonObject, of: FieldType, { path, trail }: Place): JsonObject {
    const entries = Object.entries(map).map(([key, value]) => [
      key,
      this.value(value ?? emptyItem(of), of, { path: pathOf(path, key), trail }),
    ])
    return Object.fromEntries(entries)
  }
}

/** What null is in a list or a map: the zero of its type. */
function emptyItem(type: FieldType): unknown {
  switch (type.kind) {
    case 'Struct':
    case 'Map':
    case 'Object':
      return {}
    case 'List':
      return []
    default:
      return zeroValue(type) ?? ''
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '' || value === 0 || value === false) return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

const quantity = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:\d{2})$/

function isScalar(value: unknown, kind: Exclude<FieldType['kind'], 'Struct' | 'List' | 'Map'>): boolean {
  switch (kind) {
    case 'Any':
      return true
    case 'Boolean':
      return typeof value === 'boolean'
    case 'Double':
      return typeof value === 'number'
    case 'Int32':
      return Number.isInteger(value) && Math.abs(value as number) <= 0x80000000
    case 'Int64':
      return Number.isInteger(value) && Math.abs(value as number) <= 2 ** 63
    case 'IntOrString':
      return typeof value === 'string' || Number.isInteger(value)
    case 'Object':
      return isJsonObject(value)
    case 'Quantity':
      return typeof value === 'number' || (typeof value === 'string' && quantity.test(value.trim()))
    case 'Bytes':
      return typeof value === 'string' && /^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/.test(value)
    case 'MicroTime':
    case 'Time':
      return typeof value === 'string' && time.test(value)
    case 'String':
      return typeof value === 'string'
  }
}

function pathOf(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`
}
