import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../json-object.ts'
import { BuiltInSchemas } from '../schema/built-in-schema.ts'
import { applyStrategicPatch } from './strategic-patch.ts'

const schemas = new BuiltInSchemas(20)
const pod = schemas.schemaOf('', 'Pod')

function patched(spec: unknown, patch: unknown): unknown {
  return (applyStrategicPatch({ spec } as JsonObject, { spec: patch }, pod) as { spec: unknown }).spec
}

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => ({ name, image: `${name}:1` }))

describe('applyStrategicPatch: fields', () => {
  it.each([
    {
      title: 'objects merge',
      spec: { securityContext: { a: 1 } },
      patch: { securityContext: { b: 2 } },
      is: { securityContext: { a: 1, b: 2 } },
    },
    { title: 'null removes', spec: { a: 1, b: 2 }, patch: { a: null }, is: { b: 2 } },
    { title: 'null of what is not there does nothing', spec: { b: 2 }, patch: { a: null }, is: { b: 2 } },
    { title: 'nulls in what is new are dropped', spec: {}, patch: { a: { b: null, c: 1 } }, is: { a: { c: 1 } } },
    { title: 'another type replaces', spec: { a: { b: 1 } }, patch: { a: [1] }, is: { a: [1] } },
    { title: '$patch: replace', spec: { a: { b: 1 } }, patch: { a: { $patch: 'replace', c: 1 } }, is: { a: { c: 1 } } },
    { title: '$patch: delete', spec: { a: { b: 1 } }, patch: { a: { $patch: 'delete' } }, is: { a: {} } },
    {
      title: '$retainKeys drops the others',
      spec: { v: { emptyDir: {}, name: 'x' } },
      patch: { v: { $retainKeys: ['name', 'hostPath'], hostPath: {} } },
      is: { v: { name: 'x', hostPath: {} } },
    },
    {
      title: 'directives of what is new are dropped',
      spec: {},
      patch: { a: { $retainKeys: ['b'], b: 1, '$setElementOrder/c': [] } },
      is: { a: { b: 1 } },
    },
  ])('$title', ({ spec, patch, is }) => {
    expect(patched(spec, patch)).toEqual(is)
  })
})

describe('applyStrategicPatch: lists', () => {
  it.each([
    {
      title: 'a list without a merge key is replaced (tolerations)',
      spec: { tolerations: [{ key: 'a' }] },
      patch: { tolerations: [{ key: 'b' }] },
      is: { tolerations: [{ key: 'b' }] },
    },
    {
      title: 'containers merge by name',
      spec: { containers: [a, b] },
      patch: { containers: [{ name: 'b', image: 'b:2' }] },
      is: { containers: [a, { name: 'b', image: 'b:2' }] },
    },
    {
      title: 'a new item goes to the front of what only the server knows, as in v1.20',
      spec: { containers: [a] },
      patch: { containers: [b] },
      is: { containers: [b, a] },
    },
    {
      title: 'the patch gives the order',
      spec: { containers: [a, b] },
      patch: { containers: [{ name: 'b' }, { name: 'a' }] },
      is: { containers: [b, a] },
    },
    {
      title: '$patch: delete takes an item away',
      spec: { containers: [a, b] },
      patch: { containers: [{ name: 'a', $patch: 'delete' }] },
      is: { containers: [b] },
    },
    {
      title: '$patch: replace makes the other items the list',
      spec: { containers: [a, b] },
      patch: { containers: [{ $patch: 'replace' }, c] },
      is: { containers: [c] },
    },
    {
      title: '$patch: delete of an item in a list that is not there',
      spec: {},
      patch: { volumes: [{ name: 'x', $patch: 'delete' }] },
      is: { volumes: [] },
    },
    {
      title: 'env merges by name inside a container',
      spec: { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }] }] },
      patch: { containers: [{ name: 'a', env: [{ name: 'X', value: '2' }] }] },
      is: { containers: [{ name: 'a', env: [{ name: 'X', value: '2' }] }] },
    },
    {
      title: 'volume mounts merge by path',
      spec: { containers: [{ name: 'a', volumeMounts: [{ mountPath: '/x', name: 'x' }] }] },
      patch: { containers: [{ name: 'a', volumeMounts: [{ mountPath: '/x', readOnly: true }] }] },
      is: { containers: [{ name: 'a', volumeMounts: [{ mountPath: '/x', name: 'x', readOnly: true }] }] },
    },
    {
      title: 'container ports merge by number',
      spec: { containers: [{ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP' }] }] },
      patch: { containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'web' }] }] },
      is: { containers: [{ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP', name: 'web' }] }] },
    },
    {
      title: 'args are replaced',
      spec: { containers: [{ name: 'a', args: ['x', 'y'] }] },
      patch: { containers: [{ name: 'a', args: ['z'] }] },
      is: { containers: [{ name: 'a', args: ['z'] }] },
    },
    {
      title: '$setElementOrder orders; items of the server keep their place',
      spec: { containers: [a, b, c] },
      patch: { '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }] },
      is: { containers: [b, c, a] },
    },
    {
      title: '$setElementOrder with new items, as kubectl apply sends it',
      spec: { containers: [a, b] },
      patch: { '$setElementOrder/containers': [{ name: 'd' }, { name: 'b' }], containers: [d, { name: 'a', $patch: 'delete' }] },
      is: { containers: [d, b] },
    },
    {
      title: '$setElementOrder of a list that is not there',
      spec: { x: 1 },
      patch: { '$setElementOrder/containers': [{ name: 'a' }] },
      is: { x: 1 },
    },
  ])('$title', ({ spec, patch, is }) => {
    expect(patched(spec, patch)).toEqual(is)
  })

  it.each([
    { title: 'finalizers are a set', from: ['a', 'b'], patch: { finalizers: ['b', 'c'] }, is: ['a', 'b', 'c'] },
    {
      title: '$deleteFromPrimitiveList takes values away',
      from: ['a', 'b'],
      patch: { '$deleteFromPrimitiveList/finalizers': ['a'] },
      is: ['b'],
    },
    {
      title: 'and adds none where there is no list',
      from: undefined,
      patch: { '$deleteFromPrimitiveList/finalizers': ['a'] },
      is: undefined,
    },
    {
      title: 'delete, add and order at once',
      from: ['a', 'b'],
      patch: { '$deleteFromPrimitiveList/finalizers': ['a'], '$setElementOrder/finalizers': ['c', 'b'], finalizers: ['c'] },
      is: ['c', 'b'],
    },
  ])('$title', ({ from, patch, is }) => {
    const target = { metadata: { ...(from === undefined ? {} : { finalizers: from }) } }
    expect(applyStrategicPatch(target, { metadata: patch }, pod)).toEqual({ metadata: is === undefined ? {} : { finalizers: is } })
  })

  it.each([
    {
      title: 'conditions merge by type',
      kind: ['', 'Node'],
      target: { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      patch: { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
      is: { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    },
    {
      title: 'taints are replaced',
      kind: ['', 'Node'],
      target: { spec: { taints: [{ key: 'a' }] } },
      patch: { spec: { taints: [{ key: 'b' }] } },
      is: { spec: { taints: [{ key: 'b' }] } },
    },
    {
      title: 'podCIDRs are a set',
      kind: ['', 'Node'],
      target: { spec: { podCIDRs: ['10.0.0.0/24'] } },
      patch: { spec: { podCIDRs: ['fd00::/64'] } },
      is: { spec: { podCIDRs: ['fd00::/64', '10.0.0.0/24'] } },
    },
    {
      title: 'addresses merge by type',
      kind: ['', 'Node'],
      target: { status: { addresses: [{ type: 'InternalIP', address: '1' }] } },
      patch: { status: { addresses: [{ type: 'InternalIP', address: '2' }] } },
      is: { status: { addresses: [{ type: 'InternalIP', address: '2' }] } },
    },
    {
      title: 'secrets of a service account merge by name',
      kind: ['', 'ServiceAccount'],
      target: { secrets: [{ name: 'a' }] },
      patch: { secrets: [{ name: 'a', namespace: 'x' }] },
      is: { secrets: [{ name: 'a', namespace: 'x' }] },
    },
    {
      title: 'webhooks merge by name',
      kind: ['admissionregistration.k8s.io', 'ValidatingWebhookConfiguration'],
      target: { webhooks: [{ name: 'a', failurePolicy: 'Fail' }] },
      patch: { webhooks: [{ name: 'a', failurePolicy: 'Ignore' }] },
      is: { webhooks: [{ name: 'a', failurePolicy: 'Ignore' }] },
    },
    {
      title: 'a label selector merges field by field',
      kind: ['apps', 'Deployment'],
      target: { spec: { selector: { matchLabels: { a: '1' } } } },
      patch: { spec: { selector: { matchLabels: { b: '2' } } } },
      is: { spec: { selector: { matchLabels: { a: '1', b: '2' } } } },
    },
    {
      title: 'pods of a CronJob are four levels down',
      kind: ['batch', 'CronJob'],
      target: { spec: { jobTemplate: { spec: { template: { spec: { containers: [a] } } } } } },
      patch: { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'a', image: 'x' }] } } } } } },
      is: { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'a', image: 'x' }] } } } } } },
    },
  ])('$title', ({ kind, target, patch, is }) => {
    expect(applyStrategicPatch(target, patch, schemas.schemaOf(kind[0] ?? '', kind[1] ?? ''))).toEqual(is)
  })
})

describe('applyStrategicPatch: what the real server refuses', () => {
  it.each([
    { patch: [], code: 400, message: 'json: cannot unmarshal array into Go value of type map[string]interface {}' },
    { patch: { spec: { $patch: 'foo' } }, code: 500, message: 'unknown patch type: foo in map: map[$patch:foo]' },
    { patch: { spec: { $retainKeys: 'b' } }, code: 400, message: 'invalid patch format of retainKeys' },
    { patch: { spec: { $retainKeys: ['b'], a: '1' } }, code: 400, message: 'invalid patch format of retainKeys' },
    { patch: { spec: { $deleteFromPrimitiveList: ['x'] } }, code: 400, message: 'invalid patch format of primitive list' },
    { patch: { spec: { $setElementOrder: ['x'] } }, code: 400, message: 'invalid patch format of setElementOrder list' },
    { patch: { spec: { '$setElementOrder/containers': 'x' } }, code: 500, message: 'expected a []interface {}, but received a string' },
    {
      patch: { spec: { containers: [{ image: 'x' }] } },
      code: 500,
      message: 'map: map[image:x] does not contain declared merge key: name',
    },
    {
      patch: { spec: { containers: [{ $patch: 'delete' }] } },
      code: 500,
      message: 'map: map[$patch:delete] does not contain declared merge key: name',
    },
    { patch: { spec: { containers: [{ $patch: 'merge' }] } }, code: 500, message: 'merging lists cannot yet be specified in the patch' },
    {
      patch: { spec: { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'a' }, { name: 'a' }] } },
      code: 500,
      message: "The order in patch list:\n[map[name:a] map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
    },
    { patch: { spec: { '$setElementOrder/volumes': [], volumes: [] } }, code: 500, message: 'no elements in any of the given slices' },
    { patch: { spec: { containers: ['x'] } }, code: 500, message: 'list element types are not identical: [map[image:a:1 name:a] x]' },
    {
      patch: { spec: { '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }], containers: [b, a] } },
      code: 500,
      message:
        "The order in patch list:\n[map[image:b:1 name:b] map[image:a:1 name:a]]\n doesn't match $setElementOrder list:\n[map[name:a] map[name:b]]\n",
    },
  ])('$code: $message', ({ patch, code, message }) => {
    expect(() => applyStrategicPatch({ spec: { containers: [a] } }, patch, pod)).toThrow(
      expect.objectContaining({ status: expect.objectContaining({ code, message }) }),
    )
  })
})

describe('applyStrategicPatch: properties', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const containers = fc.uniqueArray(fc.record({ name: names, image: fc.constantFrom('x', 'y') }), { selector: (item) => item.name })
  const deletions = fc.uniqueArray(names)

  it('never has two items of one merge key, and applying twice is applying once', () => {
    fc.assert(
      fc.property(containers, containers, deletions, (before, changes, gone) => {
        const patch = [...changes, ...gone.map((name) => ({ name, $patch: 'delete' }))]
        const once = patched({ containers: before }, { containers: patch }) as { containers: { name: string }[] }
        const found = once.containers.map(({ name }) => name)
        expect(new Set(found).size).toBe(found.length)
        const kept = before.map(({ name }) => name).filter((name) => !gone.includes(name))
        expect(new Set(found)).toEqual(new Set([...kept, ...changes.map(({ name }) => name)]))
        expect(patched(once, { containers: patch })).toEqual(once)
      }),
    )
  })

  it('$setElementOrder wins over the order of the list', () => {
    fc.assert(
      fc.property(
        containers.filter((list) => list.length > 0),
        fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e']),
        (before, order) => {
          const after = patched({ containers: before }, { '$setElementOrder/containers': order.map((name) => ({ name })) }) as {
            containers: { name: string }[]
          }
          const ordered = after.containers.map(({ name }) => name)
          expect(ordered.filter((name) => order.includes(name))).toEqual(order.filter((name) => ordered.includes(name)))
          expect(ordered.toSorted()).toEqual(before.map(({ name }) => name).toSorted())
        },
      ),
    )
  })
})
