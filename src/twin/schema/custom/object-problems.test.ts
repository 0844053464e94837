import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../kube-object.ts'
import { withDefaults } from './default-values.ts'
import type { JsonSchema } from './json-schema.ts'
import { customObjectProblems } from './object-problems.ts'
import { pruneObject } from './prune.ts'

const text: JsonSchema = { type: 'string' }
const either: JsonSchema = { type: 'object', properties: { a: text, b: text } }
const alternatives = [{ required: ['a'] }, { required: ['b'] }]

const spec: JsonSchema = {
  type: 'object',
  required: ['s'],
  minProperties: 1,
  properties: {
    s: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
    e: { type: 'string', enum: ['a', 'b'] },
    n: { type: 'integer', minimum: 1, maximum: 10 },
    x: { type: 'number', minimum: 0, exclusiveMinimum: true, multipleOf: 0.5 },
    l: {
      type: 'array',
      minItems: 1,
      maxItems: 2,
      items: { type: 'object', required: ['k'], properties: { k: text, v: { type: 'integer', default: 7 } } },
    },
    m: { type: 'object', additionalProperties: { type: 'integer' } },
    ios: { 'x-kubernetes-int-or-string': true },
    p: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { q: text } },
    d: { type: 'string', default: 'dd' },
    nul: { type: 'string', nullable: true, default: 'x' },
    nd: { type: 'string' },
    dt: { type: 'string', format: 'date-time' },
    ip: { type: 'string', format: 'ipv4' },
    any: { ...either, anyOf: alternatives },
    one: { ...either, oneOf: alternatives },
    all: { ...either, allOf: alternatives },
    not: { ...either, not: { required: ['a'] } },
    o: { type: 'object', default: {}, properties: { z: { type: 'string', default: 'zz' } } },
  },
}
const schema: JsonSchema = { type: 'object', required: ['spec'], properties: { spec } }
const scale = { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n' }

function problems(fields: unknown, minor: number) {
  const object = { apiVersion: 'x/v1', kind: 'Foo', metadata: { name: 'x' }, ...(fields === undefined ? {} : { spec: fields }) }
  const version = { schema: schema as Readonly<Record<string, unknown>>, scale, printerColumns: [], selectableFields: [] }
  return customObjectProblems({ next: object as unknown as KubeObject, minor }, version).map(({ field, message }) => `${field}: ${message}`)
}

describe('an object of a custom kind', () => {
  // every line was compared with a real API server 1.20
  it.each([
    [{ s: 'abc' }, []],
    [undefined, ['spec: Required value']],
    [{ s: 'a' }, ['spec.s: Invalid value: "a": spec.s in body should be at least 2 chars long']],
    [{ s: 'abcdefg' }, ['spec.s: Invalid value: "abcdefg": spec.s in body should be at most 5 chars long']],
    [{ s: 'AB' }, ['spec.s: Invalid value: "AB": spec.s in body should match \'^[a-z]+$\'']],
    [{ s: 5 }, ['spec.s: Invalid value: "integer": spec.s in body must be of type string: "integer"']],
    [{ s: 'abc', e: 'c' }, ['spec.e: Unsupported value: "c": supported values: "a", "b"']],
    [{ s: 'abc', n: 0 }, ['spec.n: Invalid value: 0: spec.n in body should be greater than or equal to 1']],
    [{ s: 'abc', n: 11 }, ['spec.n: Invalid value: 11: spec.n in body should be less than or equal to 10']],
    [
      { s: 'abc', n: 'x' },
      [
        'spec.n: Invalid value: "string": spec.n in body must be of type integer: "string"',
        '.spec.n: Invalid value: 0: .spec.n accessor error: x is of the type string, expected int64',
      ],
    ],
    [{ s: 'abc', x: 0 }, ['spec.x: Invalid value: 0: spec.x in body should be greater than 0']],
    [{ s: 'abc', x: 0.3 }, ['spec.x: Invalid value: 0.3: spec.x in body should be a multiple of 0.5']],
    [{ s: 'abc', l: [] }, ['spec.l: Invalid value: 0: spec.l in body should have at least 1 items']],
    [{ s: 'abc', l: [{ k: 'a' }, { k: 'b' }, { k: 'c' }] }, ['spec.l: Invalid value: 3: spec.l in body should have at most 2 items']],
    [
      { s: 'abc', l: [{ v: 'x' }] },
      ['spec.l.v: Invalid value: "string": spec.l.v in body must be of type integer: "string"', 'spec.l.k: Required value'],
    ],
    [{ s: 'abc', m: { a: 'x', b: 1 } }, ['spec.m.a: Invalid value: "string": spec.m.a in body must be of type integer: "string"']],
    [{ s: 'abc', ios: true }, ['spec.ios: Invalid value: "boolean": spec.ios in body must be of type integer,string: "boolean"']],
    [{ s: 'abc', ios: '50%' }, []],
    [{ s: 'abc', dt: 'x' }, ['spec.dt: Invalid value: "x": spec.dt in body must be of type date-time: "x"']],
    [{ s: 'abc', dt: '2020-01-01T00:00:00Z' }, []],
    [{ s: 'abc', ip: '300.1.1.1' }, ['spec.ip: Invalid value: "300.1.1.1": spec.ip in body must be of type ipv4: "300.1.1.1"']],
    [{ s: 'abc', not: { a: '1' } }, ['<nil>: Invalid value: "": "spec.not" must not validate the schema (not)']],
    [
      { s: 'abc', one: { a: '1', b: '2' } },
      ['<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      { s: 'abc', any: {} },
      ['<nil>: Invalid value: "": "spec.any" must validate at least one schema (anyOf)', 'spec.any.a: Required value'],
    ],
    [
      { s: 'abc', all: { a: '1' } },
      ['spec.all.b: Required value', '<nil>: Invalid value: "": "spec.all" must validate all the schemas (allOf)'],
    ],
  ])('1.20: the spec %j has %j', (given, expected) => {
    expect(problems(given, 20).toSorted()).toEqual(expected.toSorted())
  })

  it('newer servers name the item of a list, and what is too much', () => {
    expect(problems({ s: 'abcdefg', l: [{ k: 'a' }, { k: 1 }, { k: 'c' }] }, 30)).toEqual([
      'spec.s: Too long: may not be longer than 5',
      'spec.l[1].k: Invalid value: "integer": spec.l[1].k in body must be of type string: "integer"',
      'spec.l: Too many: 3: must have at most 2 items',
    ])
  })

  it('a negative number of replicas is refused', () => {
    expect(problems({ s: 'abc', n: -1 }, 20)).toContain('.spec.n: Invalid value: -1: should be a non-negative integer')
  })
})

describe('rules of a schema', () => {
  const ruled: JsonSchema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: { min: { type: 'integer' }, max: { type: 'integer' } },
        'x-kubernetes-validations': [{ rule: 'self.min <= self.max', message: 'min is above max' }],
      },
    },
    'x-kubernetes-validations': [{ rule: 'self.metadata.name.startsWith("a")', message: 'the name begins with a' }],
  }
  const judged = (minor: number, name: string, given: unknown) => {
    const next = { apiVersion: 'x/v1', kind: 'Foo', metadata: { name }, spec: given } as unknown as KubeObject
    const version = { schema: ruled as Readonly<Record<string, unknown>>, printerColumns: [], selectableFields: [] }
    return customObjectProblems({ next, minor }, version).map(({ field, message }) => `${field}: ${message}`)
  }

  it('are asked from 1.25', () => {
    expect(judged(24, 'b', { min: 2, max: 1 })).toEqual([])
    expect(judged(25, 'b', { min: 2, max: 1 })).toEqual([
      '<nil>: Invalid value: "object": the name begins with a',
      'spec: Invalid value: "object": min is above max',
    ])
    expect(judged(25, 'a', { min: 1, max: 1 })).toEqual([])
  })

  it('are not asked of values that have another type', () => {
    expect(judged(25, 'a', { min: 'x', max: 1 })).toEqual([
      'spec.min: Invalid value: "string": spec.min in body must be of type integer: "string"',
      '<nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ])
  })
})

describe('lists in which each item is there once', () => {
  const item: JsonSchema = { type: 'object', properties: { k: text, p: { type: 'integer' }, v: text } }
  const lists: JsonSchema = {
    type: 'object',
    properties: {
      set: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
      map: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: item },
      pairs: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k', 'p'], items: item },
      free: { type: 'array', 'x-kubernetes-list-type': 'atomic', items: text },
      below: { type: 'object', additionalProperties: { type: 'array', 'x-kubernetes-list-type': 'set', items: text } },
    },
  }
  const listed = { type: 'object', properties: { spec: lists } } as Readonly<Record<string, unknown>>
  const object = (spec: unknown) => ({ apiVersion: 'x/v1', kind: 'Foo', metadata: { name: 'x' }, spec }) as unknown as KubeObject
  const judged = (next: unknown, old?: unknown) =>
    customObjectProblems(
      { next: object(next), old: old === undefined ? undefined : object(old), minor: 30 },
      { schema: listed, printerColumns: [], selectableFields: [] },
    ).map(({ field, message }) => `${field}: ${message}`)

  it.each([
    { spec: { set: ['a', 'b'], free: ['a', 'a'] }, says: [] },
    { spec: { set: ['a', 'b', 'a', 'a'] }, says: ['spec.set[2]: Duplicate value: "a"'] },
    { spec: { map: [{ k: 'a', v: '1' }, { k: 'b' }] }, says: [] },
    {
      spec: { map: [{ k: 'a', v: '1' }, { k: 'a' }] },
      says: ['spec.map[1]: Duplicate value: map[string]interface {}{"k":"a"}'],
    },
    { spec: { map: [{ v: '1' }, { v: '2' }] }, says: ['spec.map[1]: Duplicate value: map[string]interface {}{}'] },
    {
      spec: {
        pairs: [
          { k: 'a', p: 1 },
          { k: 'a', p: 2 },
          { p: 2, k: 'a' },
        ],
      },
      says: ['spec.pairs[2]: Duplicate value: map[string]interface {}{"k":"a", "p":2}'],
    },
    { spec: { below: { x: ['a', 'a'] } }, says: ['spec.below[x][1]: Duplicate value: "a"'] },
  ])('$spec: $says', ({ spec, says }) => {
    expect(judged(spec)).toEqual(says)
  })

  it('an object in which an item was there twice before can still be changed', () => {
    expect(judged({ set: ['a', 'a', 'b'] }, { set: ['a', 'a'] })).toEqual([])
    expect(judged({ set: ['a', 'a'] }, { set: ['a'] })).toEqual(['spec.set[1]: Duplicate value: "a"'])
  })
})

describe('what an update leaves as it was', () => {
  const port: JsonSchema = { type: 'object', properties: { name: text, port: { type: 'integer', maximum: 10 } } }
  const tightened: JsonSchema = {
    type: 'object',
    properties: {
      size: { type: 'integer', maximum: 10 },
      name: { type: 'string', maxLength: 3, 'x-kubernetes-validations': [{ rule: 'self != "bad"', message: 'a bad name' }] },
      ports: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: port },
      list: { type: 'array', items: { type: 'integer', maximum: 10 } },
      either: { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } }, oneOf: alternatives },
    },
  }
  const object = (spec: unknown) => ({ apiVersion: 'x/v1', kind: 'Foo', metadata: { name: 'x' }, spec }) as unknown as KubeObject
  const judged = (minor: number, next: unknown, old: unknown) => {
    const schema = { type: 'object', properties: { spec: tightened } } as Readonly<Record<string, unknown>>
    const version = { schema, printerColumns: [], selectableFields: [] }
    return customObjectProblems({ next: object(next), old: object(old), minor }, version).map(({ field }) => field)
  }

  it.each([
    { old: { size: 99 }, next: { size: 99, name: 'a' }, before: ['spec.size'], from: [] },
    { old: { size: 99 }, next: { size: 98 }, before: ['spec.size'], from: ['spec.size'] },
    { old: { name: 'bad' }, next: { name: 'bad', size: 1 }, before: ['spec.name'], from: [] },
    { old: { name: 'ok' }, next: { name: 'bad' }, before: ['spec.name'], from: ['spec.name'] },
    {
      old: { ports: [{ name: 'a', port: 99 }] },
      next: {
        ports: [
          { name: 'b', port: 98 },
          { name: 'a', port: 99 },
        ],
      },
      before: ['spec.ports[0].port', 'spec.ports[1].port'],
      from: ['spec.ports[0].port'],
    },
    { old: { list: [99] }, next: { list: [99], size: 1 }, before: ['spec.list[0]'], from: [] },
    { old: { list: [99] }, next: { list: [99, 1] }, before: ['spec.list[0]'], from: ['spec.list[0]'] },
    { old: { either: { a: 1 } }, next: { either: { a: 1, b: 2 } }, before: ['<nil>'], from: ['<nil>'] },
  ])('$old → $next is refused for $before, and from 1.30 for $from', ({ old, next, before, from }) => {
    expect(judged(29, next, old)).toEqual(before)
    expect(judged(30, next, old)).toEqual(from)
  })
})

describe('withDefaults', () => {
  it.each([
    [{ spec: { s: 'a' } }, { spec: { s: 'a', d: 'dd', nul: 'x', o: { z: 'zz' } } }],
    [{ spec: { d: 'own', nul: null, nd: null, o: {} } }, { spec: { d: 'own', nul: null, o: { z: 'zz' } } }],
    [
      { spec: { d: null, l: [{ k: 'a' }, { k: 'b', v: 1 }] } },
      {
        spec: {
          d: 'dd',
          nul: 'x',
          o: { z: 'zz' },
          l: [
            { k: 'a', v: 7 },
            { k: 'b', v: 1 },
          ],
        },
      },
    ],
    [{ spec: null }, {}],
    [{ spec: 'x' }, { spec: 'x' }],
  ])('%j becomes %j', (given, expected) => {
    expect(withDefaults(given, schema)).toEqual(expected)
    expect(withDefaults(expected, schema)).toBe(expected)
  })
})

describe('pruneObject', () => {
  const object = {
    apiVersion: 'x/v1',
    kind: 'Foo',
    metadata: { name: 'x', labels: { any: 'one' } },
    extra: 1,
    spec: { s: 'a', zzz: { y: 1 }, p: { q: 'a', r: { t: 1 } }, l: [{ k: 'a', w: 1 }], m: { any: 1 } },
  }

  it('takes away what no schema names, and says where it was', () => {
    expect(pruneObject(object, schema)).toEqual({
      value: {
        apiVersion: 'x/v1',
        kind: 'Foo',
        metadata: object.metadata,
        spec: { s: 'a', p: { q: 'a', r: { t: 1 } }, l: [{ k: 'a' }], m: { any: 1 } },
      },
      unknown: ['extra', 'spec.zzz', 'spec.l[0].w'],
    })
  })

  it('is the same object where there is nothing to take away', () => {
    const { value } = pruneObject(object, schema)
    expect(pruneObject(value as Record<string, unknown>, schema).value).toBe(value)
  })

  it('specified fields below free ones are pruned again', () => {
    const free: JsonSchema = {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { strict: { type: 'object', properties: { a: text } } },
    }
    expect(pruneObject({ b: { c: 1 }, strict: { a: 'x', b: 1 } }, free)).toEqual({
      value: { b: { c: 1 }, strict: { a: 'x' } },
      unknown: ['strict.b'],
    })
  })

  it('an embedded object keeps its metadata', () => {
    const embedding: JsonSchema = {
      type: 'object',
      properties: { template: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } } },
    }
    const given = { template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { a: 1 }, b: 1 } }
    expect(pruneObject(given, embedding).value).toEqual({ template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: {} } })
  })
})
