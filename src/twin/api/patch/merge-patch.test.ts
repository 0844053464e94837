import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isJsonObject, type JsonObject } from './json-object.ts'
import { applyMergePatch } from './merge-patch.ts'

describe('applyMergePatch', () => {
  // The examples of RFC 7386, appendix A, that have an object for a patch.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(applyMergePatch(target, patch)).toEqual(result)
  })

  it.each([[null], ['x'], [5]])('answers 500 to the patch %j, as the real server does', (patch) => {
    expect(() => applyMergePatch({}, patch)).toThrow(
      expect.objectContaining({ status: expect.objectContaining({ code: 500, message: 'Invalid JSON Patch' }) }),
    )
  })

  it('answers 422 to a list', () => {
    expect(() => applyMergePatch({}, [])).toThrow(
      ' "" is invalid: patch: Invalid value: "[]": couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    )
  })

  it('a field named __proto__ is a field', () => {
    const patched = applyMergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'))
    expect(Object.keys(patched)).toEqual(['__proto__'])
    expect(({} as JsonObject).polluted).toBeUndefined()
  })

  it('the patch made from a difference reproduces the object, and twice is once', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.string(), fc.array(fc.integer()), tie('object')),
      object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', '__proto__'), tie('any')),
    })).object as fc.Arbitrary<JsonObject>
    fc.assert(
      fc.property(value, value, (before, after) => {
        const patch = differenceOf(before, after)
        const patched = applyMergePatch(before, patch)
        expect(patched).toEqual(after)
        expect(applyMergePatch(patched, patch)).toEqual(patched)
      }),
    )
  })
})

function differenceOf(before: JsonObject, after: JsonObject): JsonObject {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
  const changed = Object.entries(after).map(([key, value]): [string, unknown] => {
    const old = Object.hasOwn(before, key) ? before[key] : undefined
    return [key, isJsonObject(value) && isJsonObject(old) ? differenceOf(old, value) : value]
  })
  return Object.fromEntries([...gone.map((key): [string, unknown] => [key, null]), ...changed])
}
