import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyJsonPatch } from './json-patch.ts'

const object = { metadata: { name: 'web', labels: { app: 'web' } }, spec: { list: ['a', 'b', 'c'], nothing: null } }

describe('applyJsonPatch', () => {
  it.each([
    { title: 'add: a new field', op: { op: 'add', path: '/spec/x', value: 1 }, at: 'spec.x', is: 1 },
    { title: 'add: over a field that is there', op: { op: 'add', path: '/metadata/name', value: 'api' }, at: 'metadata.name', is: 'api' },
    { title: 'add: before an item', op: { op: 'add', path: '/spec/list/1', value: 'x' }, at: 'spec.list', is: ['a', 'x', 'b', 'c'] },
    { title: 'add: at the end', op: { op: 'add', path: '/spec/list/-', value: 'x' }, at: 'spec.list', is: ['a', 'b', 'c', 'x'] },
    { title: 'add: at the length', op: { op: 'add', path: '/spec/list/3', value: 'x' }, at: 'spec.list', is: ['a', 'b', 'c', 'x'] },
    {
      title: 'add: a key with / and ~',
      op: { op: 'add', path: '/metadata/labels/a~1b~0c', value: 'x' },
      at: 'metadata.labels',
      is: { app: 'web', 'a/b~c': 'x' },
    },
    { title: 'add: a path without the first slash', op: { op: 'add', path: 'x/spec/x', value: 1 }, at: 'spec.x', is: 1 },
    { title: 'remove: a field', op: { op: 'remove', path: '/metadata/labels/app' }, at: 'metadata.labels', is: {} },
    { title: 'remove: an item', op: { op: 'remove', path: '/spec/list/0' }, at: 'spec.list', is: ['b', 'c'] },
    { title: 'remove: the last item by -1', op: { op: 'remove', path: '/spec/list/-1' }, at: 'spec.list', is: ['a', 'b'] },
    { title: 'replace: an item', op: { op: 'replace', path: '/spec/list/2', value: 'x' }, at: 'spec.list', is: ['a', 'b', 'x'] },
    { title: 'replace: a field that is not there, as v1.20 does', op: { op: 'replace', path: '/spec/x', value: 1 }, at: 'spec.x', is: 1 },
    {
      title: 'move',
      op: { op: 'move', from: '/metadata/labels/app', path: '/metadata/labels/name' },
      at: 'metadata.labels',
      is: { name: 'web' },
    },
    { title: 'move: within a list', op: { op: 'move', from: '/spec/list/0', path: '/spec/list/2' }, at: 'spec.list', is: ['b', 'c', 'a'] },
    { title: 'copy', op: { op: 'copy', from: '/spec/list', path: '/spec/again' }, at: 'spec.again', is: ['a', 'b', 'c'] },
    {
      title: 'test: the same object in another order',
      op: { op: 'test', path: '/metadata', value: { labels: { app: 'web' }, name: 'web' } },
      at: 'metadata.name',
      is: 'web',
    },
    { title: 'test: null of a field that is not there', op: { op: 'test', path: '/spec/x', value: null }, at: 'metadata.name', is: 'web' },
  ])('$title', ({ op, at, is }) => {
    const patched = applyJsonPatch(object, [op])
    expect(at.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], patched)).toEqual(is)
  })

  it.each([
    { title: 'a test that fails', op: { op: 'test', path: '/metadata/name', value: 'api' } },
    { title: 'a test of a field that is not there', op: { op: 'test', path: '/spec/x', value: 1 } },
    { title: 'remove of a field that is not there', op: { op: 'remove', path: '/spec/x' } },
    { title: 'a path through nothing', op: { op: 'add', path: '/x/y', value: 1 } },
    { title: 'a path through null', op: { op: 'add', path: '/spec/nothing/y', value: 1 } },
    { title: 'a path through what all objects inherit', op: { op: 'add', path: '/constructor/x', value: 1 } },
    { title: 'an index past the end', op: { op: 'add', path: '/spec/list/4', value: 1 } },
    { title: 'an index that is none', op: { op: 'remove', path: '/spec/list/x' } },
    { title: '- of anything but add', op: { op: 'remove', path: '/spec/list/-' } },
    { title: 'move from nowhere', op: { op: 'move', from: '/spec/x', path: '/spec/y' } },
    { title: 'the whole document', op: { op: 'add', path: '', value: {} } },
    { title: 'an unknown operation', op: { op: 'merge', path: '/spec' } },
    { title: 'no operation', op: { path: '/spec' } },
    { title: 'no path', op: { op: 'add', value: 1 } },
    { title: 'a path that is no text', op: { op: 'add', path: 5, value: 1 } },
    { title: 'null in place of an operation', op: null },
  ])('answers 422 to $title', ({ op }) => {
    expect(() => applyJsonPatch(object, [op])).toThrow(
      expect.objectContaining({
        status: expect.objectContaining({
          code: 422,
          reason: 'Invalid',
          message: 'the server rejected our request due to an error in our request',
          details: {},
        }),
      }),
    )
  })

  it.each([
    { patch: {}, message: 'json: cannot unmarshal object into Go value of type jsonpatch.Patch' },
    { patch: 'x', message: 'json: cannot unmarshal string into Go value of type jsonpatch.Patch' },
    { patch: [1], message: 'json: cannot unmarshal number into Go value of type jsonpatch.Operation' },
    { patch: [[]], message: 'json: cannot unmarshal array into Go value of type jsonpatch.Operation' },
  ])('answers 400 to $patch', ({ patch, message }) => {
    expect(() => applyJsonPatch(object, patch)).toThrow(
      expect.objectContaining({ status: expect.objectContaining({ code: 400, message }) }),
    )
  })

  it('refuses to replace what is not there from v1.22 on', () => {
    expect(() => applyJsonPatch(object, [{ op: 'replace', path: '/spec/x', value: 1 }], 22)).toThrow('the server rejected our request')
  })

  it('refuses more than 10,000 operations with 413', () => {
    const patch = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/metadata/name', value: 'web' }))
    expect(() => applyJsonPatch(object, patch)).toThrow('The allowed maximum operations in a JSON patch is 10000, got 10001')
  })

  it('refuses copies that grow without end', () => {
    const patch = Array.from({ length: 40 }, () => ({ op: 'copy', from: '/spec', path: '/spec/list/-' }))
    expect(() => applyJsonPatch(object, patch)).toThrow('the server rejected our request')
  })

  it('takes null for no operations', () => {
    expect(applyJsonPatch(object, null)).toBe(object)
  })

  it('leaves the object as it was, and shares what does not change', () => {
    const before = structuredClone(object)
    const patched = applyJsonPatch(object, [{ op: 'add', path: '/spec/list/-', value: 'x' }])
    expect(object).toEqual(before)
    expect(patched.metadata).toBe(object.metadata)
  })

  it('adds a field named __proto__ as a field', () => {
    const patched = applyJsonPatch(object, [{ op: 'add', path: '/metadata/labels/__proto__', value: 'x' }])
    expect(Object.keys((patched.metadata as { labels: object }).labels)).toEqual(['app', '__proto__'])
  })

  it('~01 is ~1, not a slash', () => {
    const patched = applyJsonPatch(object, [{ op: 'add', path: '/metadata/labels/~01', value: 'x' }])
    expect(patched.metadata).toMatchObject({ labels: { '~1': 'x' } })
  })

  it('add then remove gives the object back', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (key, value) => {
        const path = `/metadata/labels/x${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
        expect(
          applyJsonPatch(object, [
            { op: 'add', path, value },
            { op: 'remove', path },
          ]),
        ).toEqual(object)
      }),
    )
  })
})
