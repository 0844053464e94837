import type { ScalarKind } from '../../schema/fields/field.ts'
import { lastValue, ProtoProblem, type ProtoValue } from './proto-reader.ts'

/**
 * A value as JSON has it: numbers that are messages of their own (Quantity, IntOrString, Time) as texts or numbers, bytes in base64.
 * Undefined for a time that is not set. Throws `ProtoProblem`. Source: Kubernetes, apimachinery, the hand-written marshallers of these types.
 */
export function scalarValue(value: ProtoValue, kind: ScalarKind): unknown {
  switch (kind) {
    case 'Boolean':
      return varint(value) !== 0n
    case 'Int32':
      return Number(BigInt.asIntN(32, varint(value)))
    case 'Int64':
      return Number(BigInt.asIntN(64, varint(value)))
    case 'Double':
      return double(value)
    case 'String':
      return text(value)
    case 'Bytes':
      return Buffer.from(messageBytes(value)).toString('base64')
    case 'Quantity':
      return textAt(messageBytes(value), 1)
    case 'IntOrString':
      return intOrString(messageBytes(value))
    case 'Time':
    case 'MicroTime':
      return time(messageBytes(value), kind)
    case 'Object':
      return rawJson(messageBytes(value))
    case 'Any':
      throw new ProtoProblem('a value of any form is not read from protobuf')
  }
}

/** The bytes of a text, of bytes, or of a message. Throws `ProtoProblem`. */
export function messageBytes(value: ProtoValue): Uint8Array {
  if (value.kind !== 'Bytes') throw new ProtoProblem('proto: wrong wireType')
  return value.bytes
}

/** Throws `ProtoProblem`. */
export function text(value: ProtoValue): string {
  return decoder.decode(messageBytes(value))
}

const decoder = new TextDecoder()

/** The text in one field of a message; empty when it is not there. */
export function textAt(bytes: Uint8Array, number: number): string {
  const value = lastValue(bytes, number)
  return value === undefined ? '' : text(value)
}

function varint(value: ProtoValue): bigint {
  if (value.kind !== 'Varint') throw new ProtoProblem('proto: wrong wireType')
  return value.value
}

function integerAt(bytes: Uint8Array, number: number): number {
  const value = lastValue(bytes, number)
  return value === undefined ? 0 : Number(BigInt.asIntN(64, varint(value)))
}

function double(value: ProtoValue): number {
  if (value.kind !== 'Fixed' || value.bytes.length !== 8) throw new ProtoProblem('proto: wrong wireType')
  return new DataView(value.bytes.buffer, value.bytes.byteOffset, 8).getFloat64(0, true)
}

/** `type` 0: the number counts, 1: the text. */
function intOrString(bytes: Uint8Array): number | string {
  return integerAt(bytes, 1) === 0 ? integerAt(bytes, 2) : textAt(bytes, 3)
}

/** Milliseconds of the years 1 to 9999, which is what RFC 3339 can write. */
const [firstTimeMs, lastTimeMs] = [-62_135_596_800_000, 253_402_300_799_999]

/** A time that is not set is an empty message. */
function time(bytes: Uint8Array, kind: 'Time' | 'MicroTime'): string | undefined {
  if (bytes.length === 0) return undefined
  const ms = integerAt(bytes, 1) * 1000
  if (!(ms >= firstTimeMs && ms <= lastTimeMs)) throw new ProtoProblem('Time.MarshalJSON: year outside of range [0,9999]')
  const seconds = new Date(ms).toISOString().slice(0, 19)
  if (kind === 'Time') return `${seconds}Z`
  const micros = Math.floor(integerAt(bytes, 2) / 1000)
  return `${seconds}.${String(micros).padStart(6, '0')}Z`
}

/** JSON as it was put in, unread. */
function rawJson(bytes: Uint8Array): unknown {
  const raw = textAt(bytes, 1)
  if (raw === '') return undefined
  try {
    return JSON.parse(raw) as unknown
  } catch {
    throw new ProtoProblem('a raw extension that is not JSON')
  }
}
