import { describe, expect, it } from 'vitest'
import { resourceTypes } from '../../schema/types/resource-types.ts'
import { OpenApiAnswers } from './open-api-answer.ts'

const protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

function answer(minor: number, path: string, accept?: string) {
  return new OpenApiAnswers().answer({ types: resourceTypes(minor), minor, gitVersion: `v1.${minor}.0` }, path, accept)
}

/** The fields of one message: number and, of a nested one, its bytes. */
function fieldsOf(bytes: Uint8Array): [field: number, value: Uint8Array][] {
  const fields: [number, Uint8Array][] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const length = varint()
    fields.push([tag >> 3, bytes.subarray(at, at + length)])
    at += length
  }
  return fields
}

describe('OpenApiAnswers', () => {
  it.each([
    ['/openapi/v2', 20, 'application/json'],
    ['/openapi/v3', 24, 'application/json'],
    ['/openapi/v3/api/v1', 24, 'application/json'],
  ])('%s of 1.%i is %s', (path, minor, contentType) => {
    expect(answer(minor, path)?.contentType).toBe(contentType)
  })

  it.each([
    ['/openapi/v3', 23],
    ['/openapi/v3/apis/apps/v7', 30],
    ['/openapi/v4', 30],
    ['/apis', 30],
  ])('%s of 1.%i is nothing', (path, minor) => {
    expect(answer(minor, path)).toBeUndefined()
  })

  it('the message for kubectl has every definition and path under its name', () => {
    const json = JSON.parse(String(answer(20, '/openapi/v2')?.body))
    const message = answer(20, '/openapi/v2', protobuf)
    expect(message?.contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
    const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
    const fields = new Map(fieldsOf(message?.body as Uint8Array))
    const names = (field: number, entry: number) =>
      fieldsOf(fields.get(field) ?? new Uint8Array())
        .filter(([number]) => number === entry)
        .map(([, bytes]) => text(fieldsOf(bytes)[0]?.[1]))
    expect(text(fields.get(1))).toBe('2.0')
    expect(names(9, 1)).toEqual(Object.keys(json.definitions))
    expect(names(8, 2)).toEqual(Object.keys(json.paths))
  })

  it('a document is made once, and anew when the resources are others', () => {
    const answers = new OpenApiAnswers()
    const types = resourceTypes(30)
    const ask = (these: typeof types) => answers.answer({ types: these, minor: 30, gitVersion: 'v1.30.0' }, '/openapi/v3')
    expect(ask(types)).toBe(ask(types))
    expect(ask(types.slice(1))).not.toEqual(ask(types))
  })
})
