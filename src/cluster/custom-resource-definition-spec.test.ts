import { describe, expect, it } from 'vitest'
import { type CrdSpec, isSameSpec, missingFields, type SchemaNode } from './custom-resource-definition-spec.ts'
import { specV1beta1 } from './custom-resource-definition-v1beta1.ts'

const version = (schema: SchemaNode, more: object = {}) => ({
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: schema },
  ...more,
})

function spec(schema: SchemaNode, more: Partial<CrdSpec> = {}): CrdSpec {
  return { group: 'example.com', scope: 'Namespaced', names: { kind: 'Plan', plural: 'plans' }, versions: [version(schema)], ...more }
}

const object = (properties: Record<string, SchemaNode>, more: Partial<SchemaNode> = {}): SchemaNode => ({
  type: 'object',
  properties,
  ...more,
})
const text: SchemaNode = { type: 'string' }

describe('missing fields', () => {
  it.each([
    { what: 'nothing', wanted: object({ a: text }), live: object({ a: text }), missing: [] },
    { what: 'more than wanted is fine', wanted: object({ a: text }), live: object({ a: text, b: text }), missing: [] },
    { what: 'a field', wanted: object({ a: text, b: text }), live: object({ a: text }), missing: ['v1: b'] },
    {
      what: 'a field of a list',
      wanted: object({ l: { type: 'array', items: object({ x: text }) } }),
      live: object({ l: { type: 'array', items: object({}) } }),
      missing: ['v1: l[].x'],
    },
    {
      what: 'a field of a map',
      wanted: object({ m: { type: 'object', additionalProperties: object({ x: text }) } }),
      live: object({ m: { type: 'object', additionalProperties: object({}) } }),
      missing: ['v1: m.*.x'],
    },
    { what: 'another type', wanted: object({ a: { type: 'integer' } }), live: object({ a: text }), missing: ['v1: a'] },
    {
      what: 'nothing where unknown fields are kept',
      wanted: object({ a: object({ b: text }) }),
      live: object({}, { 'x-kubernetes-preserve-unknown-fields': true }),
      missing: [],
    },
    {
      what: 'nothing where any key is allowed',
      wanted: object({ a: text }),
      live: { type: 'object', additionalProperties: text },
      missing: [],
    },
    {
      what: 'a field where no other key is allowed',
      wanted: object({ a: text }),
      live: { type: 'object', additionalProperties: false },
      missing: ['v1: a'],
    },
  ])('$what', ({ wanted, live, missing }) => {
    expect(missingFields(spec(wanted), spec(live))).toEqual(missing)
  })

  it.each([
    {
      what: 'a version that is not served',
      live: spec(object({}), { versions: [{ ...version(object({})), served: false }] }),
      missing: ['v1: the whole version'],
    },
    { what: 'the status', live: spec(object({ a: text })), missing: ['v1: the subresource status'] },
    {
      what: 'nothing in a definition without pruning',
      live: spec(object({}), { preserveUnknownFields: true, versions: [version(object({}), { subresources: { status: {} } })] }),
      missing: [],
    },
    {
      what: 'a definition of v1beta1 with everything at the top',
      live: {
        ...spec({}),
        versions: [{ name: 'v1', served: true, storage: true }],
        validation: { openAPIV3Schema: object({}) },
        subresources: { status: {} },
      },
      missing: ['v1: a'],
    },
  ])('$what', ({ live, missing }) => {
    expect(missingFields(spec({}, { versions: [version(object({ a: text }), { subresources: { status: {} } })] }), live)).toEqual(missing)
  })
})

describe('fields that every object has', () => {
  it('are not missed in a definition that does not name them', () => {
    const named = object({ apiVersion: text, kind: text, metadata: object({}), spec: object({ kind: text }) })
    expect(missingFields(spec(named), spec(object({ spec: object({}) })))).toEqual(['v1: spec.kind'])
  })
})

describe('the same spec', () => {
  const wanted = spec(object({ a: text }))

  it.each([
    {
      what: 'names that the server has filled in',
      live: { ...wanted, names: { ...wanted.names, singular: 'plan', listKind: 'PlanList' } },
      same: true,
    },
    { what: 'conversion None', live: { ...wanted, conversion: { strategy: 'None' } }, same: true },
    { what: 'conversion by webhook', live: { ...wanted, conversion: { strategy: 'Webhook' } }, same: false },
    { what: 'preserveUnknownFields false', live: { ...wanted, preserveUnknownFields: false }, same: true },
    { what: 'preserveUnknownFields true', live: { ...wanted, preserveUnknownFields: true }, same: false },
    { what: 'an empty list', live: { ...wanted, names: { ...wanted.names, shortNames: [] } }, same: true },
    { what: 'a short name', live: { ...wanted, names: { ...wanted.names, shortNames: ['p'] } }, same: false },
    {
      what: 'the order of keys',
      live: { versions: wanted.versions, names: wanted.names, scope: wanted.scope, group: wanted.group },
      same: true,
    },
    { what: 'another type', live: spec(object({ a: { type: 'integer' } })), same: false },
    { what: 'a status', live: spec({}, { versions: [version(object({ a: text }), { subresources: { status: {} } })] }), same: false },
  ])('$what: $same', ({ live, same }) => {
    expect(isSameSpec(wanted, live)).toBe(same)
  })
})

describe('v1beta1', () => {
  const rich = object({
    default: { type: 'string', default: 'x' } as SchemaNode,
    properties: { ...object({ a: text }), 'x-kubernetes-preserve-unknown-fields': true } as SchemaNode,
    port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] } as SchemaNode,
    choice: { type: 'string', enum: ['default', { default: 1 }] } as SchemaNode,
  })
  const column = { jsonPath: '.spec.a', name: 'A', type: 'string', priority: 10 }
  const one = version(rich, { subresources: { status: {} }, additionalPrinterColumns: [column] })

  it('has at the top what one version says', () => {
    expect(specV1beta1(spec({}, { versions: [one] }))).toEqual({
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Plan', plural: 'plans' },
      version: 'v1',
      versions: [{ name: 'v1', served: true, storage: true }],
      validation: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            default: { type: 'string' },
            properties: { type: 'object', properties: { a: { type: 'string' } } },
            port: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
            choice: { type: 'string', enum: ['default', { default: 1 }] },
          },
        },
      },
      subresources: { status: {} },
      additionalPrinterColumns: [{ JSONPath: '.spec.a', name: 'A', type: 'string', priority: 10 }],
    })
  })

  it('has at the top what all versions share, and at the versions what they do not', () => {
    const shared = specV1beta1(spec({}, { versions: [one, { ...one, name: 'v2', storage: false }] }))
    expect(shared).toMatchObject({ version: 'v1', validation: {}, versions: [{ name: 'v1' }, { name: 'v2', storage: false }] })
    const apart = specV1beta1(spec({}, { versions: [version(text), { ...version(object({})), name: 'v2' }] }))
    expect(apart.validation).toBeUndefined()
    expect(apart.versions).toEqual([version(text), { ...version(object({})), name: 'v2' }])
  })

  it('as the server gives it back it is the same spec', () => {
    const written = specV1beta1(spec({}, { versions: [one] }))
    const names = { ...written.names, singular: 'plan', listKind: 'PlanList' }
    expect(isSameSpec(written, { ...written, names, conversion: { strategy: 'None' }, preserveUnknownFields: true })).toBe(true)
  })
})
