import { describe, expect, it } from 'vitest'
import type { DraftObject, KubeObject } from '../../../kube-object.ts'
import { BuiltInSchemas } from '../schema/built-in-schema.ts'
import { trackUpdate } from './track-update.ts'

const schemas = new BuiltInSchemas(20)
const configMap = schemas.schemaOf('', 'ConfigMap')
const at = (second: number) => Date.UTC(2026, 0, 1, 0, 0, second)

interface Write {
  readonly manager?: string
  readonly second?: number
  readonly apiVersion?: string
  readonly subresource?: string
}

function write(
  live: KubeObject | undefined,
  next: DraftObject,
  { manager = 'kubectl', second = 0, apiVersion = 'v1', subresource }: Write = {},
) {
  return trackUpdate({ live, next, manager, apiVersion, nowMs: at(second), schema: configMap, subresource }) as KubeObject
}

function data(live: KubeObject | undefined, values: Record<string, string>): DraftObject {
  return { ...live, kind: 'ConfigMap', metadata: { name: 'a', uid: '1', ...live?.metadata }, data: values }
}

function owners(object: KubeObject): Record<string, unknown> {
  return Object.fromEntries(
    (object.metadata.managedFields ?? []).map((entry) => {
      const { manager, time, fieldsV1 } = entry as { manager: string; time: string; fieldsV1: unknown }
      return [`${manager} ${time.slice(17, 19)}`, fieldsV1]
    }),
  )
}

describe('trackUpdate', () => {
  it('a creator owns all that it sends, and not what says which object it is', () => {
    const created = write(undefined, data(undefined, { a: '1' }))
    expect(created.metadata.managedFields).toEqual([
      {
        manager: 'kubectl',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
      },
    ])
  })

  it('who changes a field owns it, and who had it does not any more', () => {
    const created = write(undefined, data(undefined, { a: '1', b: '1' }))
    const changed = write(created, data(created, { a: '2', b: '1', c: '1' }), { manager: 'other', second: 1 })
    expect(owners(changed)).toEqual({
      'kubectl 00': { 'f:data': { '.': {}, 'f:b': {} } },
      'other 01': { 'f:data': { 'f:a': {}, 'f:c': {} } },
    })
  })

  it('what is removed is owned by nobody', () => {
    const created = write(undefined, data(undefined, { a: '1', b: '1' }))
    expect(owners(write(created, data(created, { b: '1' }), { manager: 'other', second: 1 }))).toEqual({
      'kubectl 00': { 'f:data': { '.': {}, 'f:b': {} } },
    })
  })

  it('an entry keeps its time while its fields stay the same', () => {
    const created = write(undefined, data(undefined, { a: '1' }))
    const again = write(created, data(created, { a: '2' }), { second: 5 })
    expect(owners(again)).toEqual({ 'kubectl 00': { 'f:data': { '.': {}, 'f:a': {} } } })
    expect(owners(write(again, data(again, { a: '2', b: '1' }), { second: 6 }))).toEqual({
      'kubectl 06': { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } },
    })
  })

  it('a write that changes nothing leaves the very entries', () => {
    const created = write(undefined, data(undefined, { a: '1' }))
    const { managedFields: _, ...metadata } = created.metadata
    expect(write(created, { ...created, metadata }, { manager: 'other', second: 1 }).metadata.managedFields).toBe(
      created.metadata.managedFields,
    )
  })

  it.each([[[]], [[{}]]])('managedFields %j clear it, and from then on updates are not tracked', (managedFields) => {
    const created = write(undefined, data(undefined, { a: '1' }))
    const cleared = write(created, { ...created, metadata: { ...created.metadata, managedFields } })
    expect(cleared.metadata.managedFields).toBeUndefined()
    expect(write(cleared, data(cleared, { a: '2' })).metadata.managedFields).toBeUndefined()
  })

  it('a client may set the managed fields itself; what it sends and nobody can read is ignored', () => {
    const created = write(undefined, data(undefined, { a: '1' }))
    const own = [
      {
        manager: 'own',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:09Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {} } },
      },
    ]
    expect(owners(write(created, { ...created, metadata: { ...created.metadata, managedFields: own } }))).toEqual({
      'own 09': { 'f:data': { 'f:a': {} } },
    })
    const bad = write(created, { ...created, metadata: { ...created.metadata, managedFields: [{ manager: 'x' }] } })
    expect(bad.metadata.managedFields).toBe(created.metadata.managedFields)
  })

  it('a subresource has an entry of its own', () => {
    const created = write(undefined, data(undefined, { a: '1' }))
    const changed = write(created, data(created, { a: '1', b: '1' }), { subresource: 'status', second: 1 })
    expect(changed.metadata.managedFields).toMatchObject([{ manager: 'kubectl' }, { manager: 'kubectl', subresource: 'status' }])
  })

  it('keeps ten updaters apart and takes older ones together', () => {
    let object = write(undefined, data(undefined, { m0: '' }), { manager: 'm0' })
    for (let i = 1; i < 15; i++) {
      const values = Object.fromEntries(Array.from({ length: i + 1 }, (_, n) => [`m${n}`, '']))
      object = write(object, data(object, values), { manager: `m${i}`, second: i })
    }
    const names = Object.keys(owners(object))
    expect(names).toHaveLength(10)
    expect(names[0]).toBe('ancient-changes 05')
    expect(owners(object)['ancient-changes 05']).toEqual({
      'f:data': { '.': {}, 'f:m0': {}, 'f:m1': {}, 'f:m2': {}, 'f:m3': {}, 'f:m4': {}, 'f:m5': {} },
    })
  })

  it('is dropped with a list that cannot be merged', () => {
    const pod = schemas.schemaOf('', 'Pod')
    const twice = [{ name: 'a' }, { name: 'a' }]
    const next = { metadata: { name: 'p' }, spec: { containers: twice } }
    expect(
      trackUpdate({ live: undefined, next, manager: 'x', apiVersion: 'v1', nowMs: 0, schema: pod }).metadata?.managedFields,
    ).toBeUndefined()
  })
})
