import { describe, expect, it } from 'vitest'
import type { ScalarKind } from '../../schema/fields/field.ts'
import type { ProtoValue } from './proto-reader.ts'
import { scalarValue } from './proto-scalar.ts'

const bytes = (...values: number[]): ProtoValue => ({ kind: 'Bytes', bytes: Uint8Array.from(values) })
const varint = (value: bigint): ProtoValue => ({ kind: 'Varint', value })
const text = (value: string) => [...Buffer.from(value)]

describe('values in protobuf', () => {
  it.each<[ScalarKind, string, ProtoValue, unknown]>([
    ['Boolean', '1', varint(1n), true],
    ['Int32', 'minus one in 64 bits', varint(0xffff_ffff_ffff_ffffn), -1],
    ['Int64', 'minus two', varint(0xffff_ffff_ffff_fffen), -2],
    ['Int64', 'the largest safe one', varint(9_007_199_254_740_991n), 9_007_199_254_740_991],
    ['Double', 'one and a half', { kind: 'Fixed', bytes: Uint8Array.from([0, 0, 0, 0, 0, 0, 0xf8, 0x3f]) }, 1.5],
    ['String', 'with an umlaut', bytes(0xc3, 0xbc), 'ü'],
    ['Bytes', 'in base64', bytes(0, 1, 2), 'AAEC'],
    ['Quantity', '1500m', bytes(0x0a, 5, ...text('1500m')), '1500m'],
    ['IntOrString', 'a number', bytes(0x08, 0, 0x10, 80, 0x1a, 0), 80],
    ['IntOrString', 'a text', bytes(0x08, 1, 0x10, 0, 0x1a, 3, ...text('50%')), '50%'],
    ['IntOrString', 'nothing', bytes(), 0],
    ['Time', 'with nanoseconds, which are dropped', bytes(0x08, 0x80, 0x94, 0xeb, 0xdc, 0x3, 0x10, 5), '2001-09-09T01:46:40Z'],
    ['Time', 'that is not set', bytes(), undefined],
    ['MicroTime', 'five microseconds after the epoch', bytes(0x10, 0x88, 0x27), '1970-01-01T00:00:00.000005Z'],
    ['Object', 'JSON as it was put in', bytes(0x0a, 7, ...text('{"a":1}')), { a: 1 }],
    ['Object', 'nothing', bytes(), undefined],
  ])('%s: %s', (kind, _, value, expected) => {
    expect(scalarValue(value, kind)).toEqual(expected)
  })

  it.each<[ScalarKind, string, ProtoValue, string]>([
    ['String', 'a number', varint(1n), 'proto: wrong wireType'],
    ['Int32', 'a text', bytes(1), 'proto: wrong wireType'],
    ['Double', 'four bytes', { kind: 'Fixed', bytes: new Uint8Array(4) }, 'proto: wrong wireType'],
    ['Time', 'after the year 9999', bytes(0x08, ...new Array<number>(8).fill(0xff), 0x7f), 'year outside of range [0,9999]'],
    ['Object', 'no JSON', bytes(0x0a, 1, 0x6b), 'a raw extension that is not JSON'],
  ])('%s: %s is refused', (kind, _, value, message) => {
    expect(() => scalarValue(value, kind)).toThrow(message)
  })
})
