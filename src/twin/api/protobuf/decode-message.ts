import type { Field, FieldType } from '../../schema/fields/field.ts'
import type { StructTypes } from '../../schema/fields/struct-type.ts'
import type { JsonObject } from '../patch/json-object.ts'
import { fieldNumbers } from './field-number.ts'
import { lastValue, type ProtoValue, packedVarints, protoFields } from './proto-reader.ts'
import { messageBytes, scalarValue, text } from './proto-scalar.ts'

/** Whether messages of a type can be read. */
export function isMessage(type: string, structs: StructTypes): boolean {
  return fieldNumbers(type) !== undefined && structs.get(type) !== undefined
}

/**
 * A message of a built-in type (`core/v1.Pod`) as the object that JSON would have for it. Fields that this minor does not know are skipped, as
 * is what is empty where the server's encoder skips it: a client's encoder writes all that is no pointer. Throws `ProtoProblem`.
 */
export function decodeMessage(bytes: Uint8Array, type: string, structs: StructTypes): JsonObject {
  const collected = new Map<string, Collected>()
  collect(bytes, type, structs.get(type)?.fields ?? new Map(), collected)
  const entries = [...collected].map(([name, { field, values }]) => [name, fieldValue(field, values, structs)] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

interface Collected {
  readonly field: Field
  readonly values: ProtoValue[]
}

/** Brings the values of each field together; fields of a message in place belong to the type around it. */
function collect(bytes: Uint8Array, type: string, fields: ReadonlyMap<string, Field>, into: Map<string, Collected>): void {
  const numbers = fieldNumbers(type)
  for (const { number, value } of protoFields(bytes)) {
    const numbered = numbers?.get(number)
    if (numbered?.kind === 'InPlace') collect(messageBytes(value), numbered.message, fields, into)
    const field = numbered?.kind === 'Named' ? fields.get(numbered.name) : undefined
    if (field === undefined) continue
    const collected = into.get(field.name) ?? { field, values: [] }
    into.set(field.name, collected)
    collected.values.push(value)
  }
}

function fieldValue(field: Field, values: readonly ProtoValue[], structs: StructTypes): unknown {
  const value = typedValue(field.type, values, structs)
  return field.encoded === 'Always' || field.pointer || !isEmpty(value) ? value : undefined
}

function typedValue(type: FieldType, values: readonly ProtoValue[], structs: StructTypes): unknown {
  switch (type.kind) {
    case 'List':
      return values.flatMap((value) => unpacked(type.of, value)).map((value) => itemOf(type.of, value, structs))
    case 'Map':
      return Object.fromEntries(values.map((value) => entryOf(type.of, messageBytes(value), structs)))
    default: {
      const last = values.at(-1)
      return last === undefined ? undefined : itemOf(type, last, structs)
    }
  }
}

/** Lists of numbers may be written as one value. */
function unpacked({ kind }: FieldType, value: ProtoValue): readonly ProtoValue[] {
  if (value.kind !== 'Bytes' || !(kind === 'Int32' || kind === 'Int64')) return [value]
  return packedVarints(value.bytes).map((number) => ({ kind: 'Varint', value: number }))
}

function entryOf(of: FieldType, bytes: Uint8Array, structs: StructTypes): readonly [string, unknown] {
  const [key, value] = [lastValue(bytes, 1), lastValue(bytes, 2)]
  return [key === undefined ? '' : text(key), itemOf(of, value ?? { kind: 'Bytes', bytes: new Uint8Array() }, structs)]
}

function itemOf(type: FieldType, value: ProtoValue, structs: StructTypes): unknown {
  switch (type.kind) {
    case 'Struct':
      return decodeMessage(messageBytes(value), type.name, structs)
    // what is a list or a map in a list or a map has a message of its own, with one field
    case 'List':
    case 'Map':
      return typedValue(
        type,
        [...protoFields(messageBytes(value))].map((field) => field.value),
        structs,
      )
    default:
      return scalarValue(value, type.kind)
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '' || value === 0 || value === false) return true
  return Array.isArray(value) && value.length === 0
}
