import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BuiltInSchemas } from '../schema/built-in-schema.ts'
import { compareFields } from './compare-fields.ts'
import { differenceOf, isEmptySet, noFields, unionOf } from './field-set.ts'
import { ownedFields } from './owned-fields.ts'

const schemas = new BuiltInSchemas(20)
const deployment = schemas.schemaOf('apps', 'Deployment')
const pod = schemas.schemaOf('', 'Pod')
const empty = { added: {}, modified: {}, removed: {} }

function podWith(...containers: readonly unknown[]) {
  return { spec: { containers } }
}

describe('compareFields', () => {
  it.each([
    { title: 'nothing of the same object', before: { a: 1 }, after: { a: 1 }, is: {} },
    { title: 'a field that comes', before: {}, after: { spec: { a: 1 } }, is: { added: { 'f:spec': { 'f:a': {} } } } },
    { title: 'a field that changes', before: { spec: { a: 1 } }, after: { spec: { a: 2 } }, is: { modified: { 'f:spec': { 'f:a': {} } } } },
    { title: 'a field that goes', before: { spec: { a: 1 } }, after: { spec: {} }, is: { removed: { 'f:spec': { 'f:a': {} } } } },
    {
      title: 'a map that comes, itself and its keys',
      before: {},
      after: { metadata: { labels: { a: 'b' } } },
      is: { added: { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } } },
    },
    {
      title: 'an empty object that comes',
      before: podWith({ name: 'a' }),
      after: podWith({ name: 'a', securityContext: {} }),
      is: { added: { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { 'f:securityContext': {} } } } } },
    },
    {
      title: 'an item that comes, with what the server fills in',
      before: podWith(),
      after: podWith({ name: 'a' }),
      is: { added: { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:resources': {} } } } } },
    },
    {
      title: 'an item that goes',
      before: podWith({ name: 'a' }),
      after: podWith(),
      is: { removed: { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:resources': {} } } } } },
    },
    {
      title: 'no change by the order of a keyed list',
      before: podWith({ name: 'a' }, { name: 'b' }),
      after: podWith({ name: 'b' }, { name: 'a' }),
      is: {},
    },
    {
      title: 'a list that is taken as one',
      before: { spec: { tolerations: [1] } },
      after: { spec: { tolerations: [1, 2] } },
      is: { modified: { 'f:spec': { 'f:tolerations': {} } } },
    },
    {
      title: 'values of a set',
      before: { metadata: { finalizers: ['a'] } },
      after: { metadata: { finalizers: ['b'] } },
      is: { added: { 'f:metadata': { 'f:finalizers': { 'v:"b"': {} } } }, removed: { 'f:metadata': { 'f:finalizers': { 'v:"a"': {} } } } },
    },
    { title: 'null as absent where the object stays', before: { spec: { a: null } }, after: { spec: {} }, is: {} },
  ])('sees $title', ({ before, after, is }) => {
    expect(compareFields(before, after, pod)).toEqual({ ...empty, ...is })
  })

  it('does not see what the server holds in place of nothing', () => {
    const status = { nodeInfo: { kubeletVersion: 'v1', kernelVersion: '' }, daemonEndpoints: { kubeletEndpoint: { Port: 0 } } }
    expect(compareFields({}, { status }, schemas.schemaOf('', 'Node')).added).toEqual({})
    expect(compareFields({}, { status }, schemas.schemaOf('', 'Node')).modified).toEqual({
      'f:status': { 'f:nodeInfo': { 'f:kubeletVersion': {} } },
    })
  })

  it('takes a label selector as one', () => {
    const comparison = compareFields({}, { spec: { selector: { matchLabels: { a: 'b' } } } }, deployment)
    expect(comparison.added).toEqual({ 'f:spec': { 'f:selector': {} } })
  })

  it('does not look at parts that both states share', () => {
    const shared = {
      get secret() {
        throw new Error('looked at')
      },
    }
    expect(compareFields({ spec: shared }, { spec: shared }, pod)).toEqual(empty)
  })

  it('refuses lists with an item twice', () => {
    expect(() => compareFields({}, podWith({ name: 'a' }, { name: 'a' }), pod)).toThrow('duplicate entries for key [name="a"]')
  })

  it('from nothing to an object adds at least all that an applier of it would own, and back removes the same', () => {
    const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'))
    const container = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      image: fc.string(),
      env: fc.constantFrom([], [{ name: 'X', value: '1' }]),
    })
    const containers = fc.uniqueArray(container, { selector: ({ name }) => name })
    const finalizers = fc.uniqueArray(fc.constantFrom('x', 'y'))
    fc.assert(
      fc.property(labels, containers, finalizers, (given, list, set) => {
        const object = { metadata: { labels: given, finalizers: set }, spec: { containers: list, nodeName: 'n' } }
        const there = compareFields({}, object, pod)
        const back = compareFields(object, {}, pod)
        expect(isEmptySet(differenceOf(ownedFields(object, pod), there.added))).toBe(true)
        expect(unionOf(back.removed, noFields)).toEqual(there.added)
        expect(compareFields(object, structuredClone(object), pod)).toEqual(empty)
      }),
    )
  })
})
