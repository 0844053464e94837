import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DraftObject, KubeObject } from '../../../kube-object.ts'
import { type FieldSet, pathsOf, unionOf } from '../fields/field-set.ts'
import { ownedFields } from '../fields/owned-fields.ts'
import { BuiltInSchemas } from '../schema/built-in-schema.ts'
import { structuralMergeSchema } from '../schema/structural-schema.ts'
import { ownable } from './server-fields.ts'
import { type ApplyRequest, serverSideApply } from './server-side-apply.ts'
import { trackUpdate } from './track-update.ts'

const schemas = new BuiltInSchemas(20)
const configMap = schemas.schemaOf('', 'ConfigMap')
const at = (second: number) => Date.UTC(2026, 0, 1, 0, 0, second)

function cm(data?: Record<string, unknown>, metadata: Record<string, unknown> = {}): DraftObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata }, ...(data === undefined ? {} : { data }) }
}

function apply(live: KubeObject | undefined, applied: DraftObject, manager = 'one', more: Partial<ApplyRequest> = {}): KubeObject {
  const request = { live, applied, manager, force: false, apiVersion: 'v1', kind: 'ConfigMap', nowMs: at(0), schema: configMap, ...more }
  return serverSideApply(request) as KubeObject
}

function update(live: KubeObject | undefined, next: DraftObject, manager = 'kubectl'): KubeObject {
  return trackUpdate({ live, next, manager, apiVersion: 'v1', nowMs: at(0), schema: configMap }) as KubeObject
}

function owners(object: KubeObject): Record<string, unknown> {
  const entries = (object.metadata.managedFields ?? []) as readonly { manager: string; operation: string; fieldsV1: FieldSet }[]
  return Object.fromEntries(
    entries.map(({ manager, operation, fieldsV1 }) => [`${manager} ${operation}`, pathsOf(fieldsV1).map((path) => path.join(' '))]),
  )
}

describe('serverSideApply: one applier', () => {
  it('creates, and owns the leaves that it sends', () => {
    const created = apply(undefined, cm({ a: '1', b: '2' }))
    expect(created).toEqual({
      ...cm({ a: '1', b: '2' }),
      metadata: {
        name: 'a',
        managedFields: [
          {
            manager: 'one',
            operation: 'Apply',
            apiVersion: 'v1',
            time: '2026-01-01T00:00:00Z',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } },
          },
        ],
      },
    })
  })

  it('the same again changes nothing, not even a time', () => {
    const created = apply(undefined, cm({ a: '1' }))
    expect(apply(created, cm({ a: '1' }), 'one', { nowMs: at(9) })).toBe(created)
  })

  it('what it no longer sends goes', () => {
    const created = apply(undefined, cm({ a: '1', b: '2' }))
    expect(apply(created, cm({ a: '1' })).data).toEqual({ a: '1' })
    expect(apply(created, cm()).data).toBeUndefined()
    expect(apply(created, cm()).metadata.managedFields).toBeUndefined()
  })

  it('holds the resourceVersion that was sent, for the caller to check', () => {
    const created = {
      ...apply(undefined, cm({ a: '1' })),
      metadata: { ...apply(undefined, cm({ a: '1' })).metadata, resourceVersion: '7' },
    }
    expect(apply(created, cm({ a: '2' })).metadata.resourceVersion).toBe('7')
    expect(apply(created, cm({ a: '2' }, { resourceVersion: '5' })).metadata.resourceVersion).toBe('5')
  })

  it('null leaves a map or a merged list that is there', () => {
    const live = update(undefined, cm({ a: '1' }, { finalizers: ['x/y'] }))
    const applied = { ...cm(undefined, { finalizers: null }), data: null }
    expect(apply(live, applied as unknown as DraftObject)).toMatchObject({ data: { a: '1' }, metadata: { finalizers: ['x/y'] } })
  })

  it('null and empty fields are owned from 1.21 on', () => {
    const applied = cm(undefined, { labels: {} })
    expect(owners(apply(undefined, applied))).toEqual({})
    expect(owners(apply(undefined, applied, 'one', { minor: 21 }))).toEqual({ 'one Apply': ['f:metadata f:labels'] })
  })
})

describe('serverSideApply: several', () => {
  const created = apply(undefined, cm({ a: '1' }))

  it('refuses to change what another applies', () => {
    expect(() => apply(created, cm({ a: '2' }), 'two')).toThrow(
      expect.objectContaining({
        status: expect.objectContaining({
          code: 409,
          reason: 'Conflict',
          message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
          details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' }] },
        }),
      }),
    )
  })

  it('names every manager and every field', () => {
    const changed = update(created, { ...created, data: { a: '9', c: '1' } })
    const shared = apply(changed, cm({ a: '9', c: '1' }), 'two')
    expect(() => apply(shared, cm({ a: '2', c: '3' }))).toThrow(
      'Apply failed with 4 conflicts: conflicts with "kubectl" using v1:\n- .data.a\n- .data.c\nconflicts with "two":\n- .data.a\n- .data.c',
    )
  })

  it('names the subresource of a manager', () => {
    const changed = trackUpdate({
      live: created,
      next: { ...created, data: { a: '9' } },
      manager: 'k',
      apiVersion: 'v1',
      nowMs: 0,
      schema: configMap,
      subresource: 'status',
    })
    expect(() => apply(changed as KubeObject, cm({ a: '2' }))).toThrow('conflict with "k" with subresource "status" using v1: .data.a')
  })

  it('by force it takes the fields', () => {
    const forced = apply(created, cm({ a: '2' }), 'two', { force: true })
    expect(forced.data).toEqual({ a: '2' })
    expect(owners(forced)).toEqual({ 'two Apply': ['f:data f:a'] })
  })

  it('the same value is shared; who leaves it leaves it to the other', () => {
    const shared = apply(created, cm({ a: '1' }), 'two')
    expect(owners(shared)).toEqual({ 'one Apply': ['f:data f:a'], 'two Apply': ['f:data f:a'] })
    const left = apply(shared, cm(), 'one')
    expect(left.data).toEqual({ a: '1' })
    expect(apply(left, cm(), 'two').data).toBeUndefined()
  })

  it('fields of an update survive an apply that does not speak of them', () => {
    const changed = update(created, { ...created, data: { a: '1', b: '2' } })
    expect(apply(changed, cm({ c: '3' })).data).toEqual({ b: '2', c: '3' })
  })

  it('what nobody has tracked is of before-first-apply', () => {
    const untracked = cm({ a: '1', b: '2' }, { uid: '1' }) as KubeObject
    expect(() => apply(untracked, cm({ a: '5' }))).toThrow('conflict with "before-first-apply" using v1: .data.a')
    expect(owners(apply(untracked, cm({ a: '5' }), 'one', { force: true }))).toEqual({
      'one Apply': ['f:data f:a'],
      'before-first-apply Update': ['f:data', 'f:data f:b'],
    })
  })
})

describe('serverSideApply: kubectl comes from client-side apply', () => {
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
  const before = JSON.stringify(cm({ a: '1' }))
  const clientSide = update(undefined, cm({ a: '1' }, { annotations: { [lastApplied]: before } }), 'kubectl-client-side-apply')

  it('takes over what it applied without a conflict, and keeps the annotation up to date', () => {
    const taken = apply(clientSide, cm({ a: '2' }), 'kubectl')
    expect(taken.data).toEqual({ a: '2' })
    expect(taken.metadata.annotations?.[lastApplied]).toBe(
      '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
    )
  })

  it('an annotation of another version, or one that cannot be read, says nothing', () => {
    for (const text of [JSON.stringify({ ...cm({ a: '1' }), apiVersion: 'v0' }), 'nope', '5', '']) {
      const other = update(undefined, cm({ a: '1' }, { annotations: { [lastApplied]: text } }), 'kubectl-client-side-apply')
      expect(() => apply(other, cm({ a: '2' }), 'kubectl')).toThrow('conflict with "kubectl-client-side-apply"')
    }
  })

  it('but not what somebody has changed since, and nobody else may', () => {
    const both = update(clientSide, { ...clientSide, data: { a: '1', b: '1' } }, 'kubectl-client-side-apply')
    const changed = update(both, { ...both, data: { a: '9', b: '1' } }, 'other')
    expect(() => apply(changed, cm({ a: '2' }), 'kubectl')).toThrow('conflict with "other" using v1: .data.a')
    expect(() => apply(clientSide, cm({ a: '2' }), 'argo')).toThrow('conflict with "kubectl-client-side-apply" using v1: .data.a')
  })
})

describe('serverSideApply: lists', () => {
  const service = (ports: readonly unknown[], more: Record<string, unknown> = {}): DraftObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { ports, ...more },
  })
  const applyService = (live: KubeObject | undefined, applied: DraftObject, manager: string, minor = 20) =>
    apply(live, applied, manager, { kind: 'Service', schema: new BuiltInSchemas(minor).schemaOf('', 'Service'), minor })
  const web = { name: 'web', port: 80, protocol: 'TCP' }
  const dns = { name: 'dns', port: 53, protocol: 'UDP' }

  it('each applier has its items; new ones come at the end', () => {
    const both = applyService(applyService(undefined, service([web]), 'one'), service([dns]), 'two')
    expect(both.spec).toEqual({ ports: [web, dns] })
    expect(applyService(both, service([]), 'one').spec).toEqual({ ports: [dns] })
  })

  it('an item is known by port and protocol', () => {
    const created = applyService(undefined, service([web]), 'one')
    const udp = { ...web, protocol: 'UDP' }
    expect(applyService(created, service([udp]), 'two').spec).toEqual({ ports: [web, udp] })
  })

  it('until 1.20 a port without protocol is refused, from 1.21 on it is TCP', () => {
    expect(() => applyService(undefined, service([{ port: 80 }]), 'one')).toThrow(
      'failed to create typed patch object: .spec.ports: element 0: associative list with keys has an element that omits key field "protocol" (and doesn\'t have default value)',
    )
    const created = applyService(undefined, service([{ port: 80 }]), 'one', 21)
    expect(() => applyService(created, service([{ port: 80, protocol: 'TCP', name: 'x' }]), 'two', 21)).not.toThrow()
  })

  it.each([
    { ports: [web, web], message: '.spec.ports: duplicate entries for key [port=80,protocol="TCP"]' },
    { ports: [null], message: '.spec.ports: element 0: associative list with keys may not have a null element' },
    { ports: ['x'], message: '.spec.ports: element 0: associative list with keys may not have non-map elements' },
    { ports: { x: 1 }, message: '.spec.ports: expected list, got &{map[x:1]}' },
  ])('refuses $ports', ({ ports, message }) => {
    expect(() => applyService(undefined, service(ports as unknown[]), 'one')).toThrow(`failed to create typed patch object: ${message}`)
  })

  it('says of several problems each', () => {
    const problems = () => ['.spec.foo: field not declared in schema']
    expect(() =>
      apply(undefined, service([null, 'x']), 'one', { kind: 'Service', schema: schemas.schemaOf('', 'Service'), problems }),
    ).toThrow('.spec.foo: field not declared in schema')
  })
})

describe('serverSideApply: custom resources', () => {
  const schema = structuralMergeSchema({
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          ref: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { name: { type: 'string' }, ns: { type: 'string' } } },
          tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
          ports: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['port', 'protocol'],
            items: { type: 'object', properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } } },
          },
          plain: { type: 'array', items: { type: 'string' } },
          opts: { type: 'object', additionalProperties: { type: 'object', properties: { x: { type: 'string' } } } },
          free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    },
  })
  const widget = (spec: Record<string, unknown>): DraftObject => ({ apiVersion: 'e.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec })
  const applyWidget = (live: KubeObject | undefined, spec: Record<string, unknown>, manager: string) =>
    apply(live, widget(spec), manager, { apiVersion: 'e.com/v1', kind: 'Widget', schema })

  it('merges as the schema says', () => {
    const one = applyWidget(
      undefined,
      { ref: { name: 'a', ns: 'b' }, tags: ['x'], ports: [{ port: 1 }], plain: ['p'], opts: { k: { x: '1' } }, free: { a: { b: 1 } } },
      'one',
    )
    expect(owners(one)).toEqual({
      'one Apply': [
        'f:spec f:plain',
        'f:spec f:ref',
        'f:spec f:free f:a',
        'f:spec f:opts f:k',
        'f:spec f:opts f:k f:x',
        'f:spec f:ports k:{"port":1,"protocol":"TCP"}',
        'f:spec f:ports k:{"port":1,"protocol":"TCP"} f:port',
        'f:spec f:tags v:"x"',
      ],
    })
    const two = applyWidget(one, { tags: ['y'], ports: [{ port: 2, protocol: 'UDP' }], opts: { l: {} } }, 'two')
    expect(two.spec).toMatchObject({ tags: ['x', 'y'], ports: [{ port: 1 }, { port: 2, protocol: 'UDP' }], opts: { k: { x: '1' }, l: {} } })
    expect(() => applyWidget(two, { ref: { name: 'z' } }, 'two')).toThrow('conflict with "one": .spec.ref')
  })

  it('what is taken as one is replaced as one by its applier', () => {
    const one = applyWidget(undefined, { ref: { name: 'a', ns: 'b' } }, 'one')
    expect(applyWidget(one, { ref: { name: 'z' } }, 'one').spec).toEqual({ ref: { name: 'z' } })
  })

  it('without a schema all objects merge and all lists are taken as one', () => {
    const bare = structuralMergeSchema(undefined)
    const created = apply(undefined, widget({ a: { b: 1 }, l: [1] }), 'one', { apiVersion: 'e.com/v1', kind: 'Widget', schema: bare })
    expect(owners(created)).toEqual({ 'one Apply': ['f:spec', 'f:spec f:a', 'f:spec f:l', 'f:spec f:a f:b'] })
  })
})

describe('serverSideApply: what cannot be applied', () => {
  it.each([
    {
      applied: { ...cm(), apiVersion: 'apps/v1' },
      code: 400,
      message: 'Incorrect version specified in apply patch. Specified patch version: apps/v1, expected: v1',
    },
    {
      applied: { kind: 'ConfigMap' },
      code: 400,
      message: 'Incorrect version specified in apply patch. Specified patch version: , expected: v1',
    },
    { applied: { apiVersion: 'v1' }, code: 500, message: 'failed to create typed patch object: no corresponding type for /v1, Kind=' },
    { applied: cm(undefined, { managedFields: [] }), code: 400, message: 'metadata.managedFields must be nil' },
    {
      applied: cm(undefined, { finalizers: ['a/b', 'a/b'] }),
      code: 500,
      message: 'failed to create typed patch object: .metadata.finalizers: duplicate entries for key [="a/b"]',
    },
    {
      applied: cm(undefined, { labels: {}, ownerReferences: [{ name: 'x' }] }),
      code: 500,
      message:
        'failed to create typed patch object: .metadata.ownerReferences: element 0: associative list with keys has an element that omits key field "uid" (and doesn\'t have default value)',
    },
  ])('$code: $message', ({ applied, code, message }) => {
    expect(() => apply(undefined, applied)).toThrow(expect.objectContaining({ status: expect.objectContaining({ code, message }) }))
  })

  it('refuses a live object with a list that cannot be merged', () => {
    const live = cm(undefined, { finalizers: ['a', 'a'] }) as KubeObject
    expect(() => apply(live, cm())).toThrow('failed to create typed live object: .metadata.finalizers: duplicate entries for key [="a"]')
  })
})

describe('serverSideApply: properties', () => {
  const values = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'))
  const finalizers = fc.uniqueArray(fc.constantFrom('x/a', 'x/b', 'x/c'))
  const applied = fc
    .record({ data: values, labels: values, finalizers })
    .map(({ data, labels, finalizers: list }) => cm(data, { labels, finalizers: list }))

  /** With something to own, so that it is tracked. */
  const withSome = (object: DraftObject) => ({ ...object, data: { z: '1', ...(object.data as object) } })

  it('twice is once', () => {
    fc.assert(
      fc.property(applied, applied, (first, second) => {
        const live = apply(undefined, withSome(first), 'one')
        const once = apply(live, second, 'two', { force: true })
        expect(apply(once, second, 'two')).toBe(once)
      }),
    )
  })

  it('two appliers together own all leaves, and each owns what it sent', () => {
    fc.assert(
      fc.property(applied, applied, (first, second) => {
        const both = apply(apply(undefined, withSome(first), 'one'), second, 'two', { force: true })
        const entries = (both.metadata.managedFields ?? []) as readonly { manager: string; fieldsV1: FieldSet }[]
        const all = entries.map(({ fieldsV1 }) => fieldsV1).reduce(unionOf, {})
        const { managedFields: _, ...metadata } = both.metadata
        expect(pathsOf(all).toSorted()).toEqual(pathsOf(ownable(ownedFields({ ...both, metadata }, configMap))).toSorted())
        const own = entries.find(({ manager }) => manager === 'two')?.fieldsV1 ?? {}
        expect(pathsOf(own).toSorted()).toEqual(pathsOf(ownable(ownedFields(second, configMap))).toSorted())
      }),
    )
  })

  it('an applier that takes all back leaves what the other sent', () => {
    fc.assert(
      fc.property(applied, applied, (first, second) => {
        const both = apply(apply(undefined, withSome(first), 'one'), second, 'two', { force: true })
        const left = apply(both, cm(), 'one')
        const alone = apply(undefined, second, 'two')
        const { managedFields: mine, ...rest } = left.metadata
        const { managedFields: theirs, ...wanted } = alone.metadata
        expect(pathsOf(ownedFields({ ...left, metadata: rest }, configMap)).toSorted()).toEqual(
          pathsOf(ownedFields({ ...alone, metadata: wanted }, configMap)).toSorted(),
        )
        expect(mine).toEqual(theirs)
      }),
    )
  })
})
