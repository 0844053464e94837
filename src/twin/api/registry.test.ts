import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import type { DraftObject } from '../kube-object.ts'
import { resourceTypes } from '../schema/types/resource-types.ts'
import { ObjectStore } from '../store/object-store.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { Registry } from './registry.ts'
import { RegistryClient } from './registry-client.ts'
import { ResourceCatalog } from './resource-catalog.ts'
import type { ResourceStrategy } from './resource-strategy.ts'
import { type ResourceType, storedAs } from './resource-type.ts'
import { StatusError } from './status-error.ts'

const startMs = Date.parse('2026-11-21T10:00:00Z')

const podStrategy: ResourceStrategy = {
  graceSeconds(object, asked) {
    const spec = object.spec as { nodeName?: string; terminationGracePeriodSeconds?: number } | undefined
    return spec?.nodeName ? (asked ?? spec.terminationGracePeriodSeconds ?? 0) : 0
  },
}

const strategies: Readonly<Record<string, ResourceStrategy>> = { pods: podStrategy, 'deployments.apps': { countsGeneration: true } }

async function setUp(minor = 20) {
  const clock = new VirtualClock({ startMs })
  const store = new ObjectStore()
  const random = seededRandom(1)
  const catalog = new ResourceCatalog(minor, resourceTypes(minor))
  const registry = new Registry({ store, catalog, clock, random, strategyOf: (type) => strategies[storedAs(type)] ?? {} })
  const client = new RegistryClient(registry)
  await client.create('namespaces', { metadata: { name: 'default' }, status: { phase: 'Active' } })
  const type = (resource: string) => catalog.get(resource) as ResourceType
  return { clock, store, registry, client, catalog, type }
}

const configMap = (name: string, rest: DraftObject = {}): DraftObject => ({
  ...rest,
  metadata: { name, namespace: 'default', ...rest.metadata },
})

async function refusalOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (fault: unknown) => fault,
  )
  if (error instanceof StatusError) return error.status
  throw new Error(`expected a refusal, got ${String(error)}`)
}

describe('creation', () => {
  it('gives an object its UID, its time and the next version', async () => {
    const { client, store } = await setUp()
    const made = await client.create('configmaps', configMap('a', { data: { k: 'v' } }))
    expect(made).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { k: 'v' } })
    expect(made.metadata).toMatchObject({ name: 'a', namespace: 'default', creationTimestamp: '2026-11-21T10:00:00Z' })
    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(made.metadata.resourceVersion).toBe(String(store.resourceVersion))
    expect(made.metadata.generation).toBeUndefined()
  })

  it('counts generations from 1 where the kind has them', async () => {
    const { client } = await setUp()
    const made = await client.create('deployments.apps', configMap('a', { metadata: { generation: 7 } }))
    expect(made.metadata.generation).toBe(1)
  })

  it('makes a name of generateName and five characters', async () => {
    const { client } = await setUp()
    const made = await client.create('configmaps', { metadata: { generateName: 'web-', namespace: 'default' } })
    expect(made.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  it.each([
    {
      what: 'a resourceVersion',
      draft: configMap('a', { metadata: { resourceVersion: '7' } }),
      code: 500,
      reason: undefined,
      message: 'resourceVersion should not be set on objects to be created',
    },
    {
      what: 'no name',
      draft: { metadata: { namespace: 'default' } },
      code: 422,
      reason: 'Invalid',
      message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    },
    {
      what: 'a namespace that is not there',
      draft: { metadata: { name: 'a', namespace: 'nowhere' } },
      code: 404,
      reason: 'NotFound',
      message: 'namespaces "nowhere" not found',
    },
  ])('refuses an object with $what', async ({ draft, code, reason, message }) => {
    const { client } = await setUp()
    const status = await refusalOf(client.create('configmaps', draft))
    expect(status).toMatchObject({ code, message })
    expect(status.reason).toBe(reason)
  })

  it('refuses a second object of the name', async () => {
    const { client } = await setUp()
    await client.create('configmaps', configMap('a'))
    expect(await refusalOf(client.create('configmaps', configMap('a')))).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
      details: { name: 'a', kind: 'configmaps' },
    })
  })

  it('says of a name that is taken beside a generateName that there was no free one, as since v1.23', async () => {
    const { client } = await setUp(23)
    await client.create('configmaps', configMap('a'))
    const again = { ...configMap('a'), metadata: { name: 'a', generateName: 'a', namespace: 'default' } }
    expect(await refusalOf(client.create('configmaps', again))).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists, the server was not able to generate a unique name for the object',
      details: { name: 'a', kind: 'configmaps', retryAfterSeconds: 1 },
    })
  })

  it('refuses new content in a namespace that is going, and names the cause', async () => {
    const { client } = await setUp()
    await client.create('namespaces', { metadata: { name: 'old' }, spec: { finalizers: ['kubernetes'] } })
    await client.delete('namespaces', { name: 'old' })
    const status = await refusalOf(client.create('configmaps', { metadata: { name: 'a', namespace: 'old' } }))
    expect(status).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: 'configmaps "a" is forbidden: unable to create new content in namespace old because it is being terminated',
      details: { causes: [{ reason: 'NamespaceTerminating', message: 'namespace old is being terminated', field: 'metadata.namespace' }] },
    })
  })

  it('stores nothing on a dry run', async () => {
    const { registry, store, type } = await setUp()
    const before = store.resourceVersion
    const made = await registry.create(type('configmaps'), configMap('a'), 'default', { dryRun: true })
    expect(made.metadata.uid).not.toBe('')
    expect(store.resourceVersion).toBe(before)
    expect(store.get('configmaps', 'default', 'a')).toBeUndefined()
  })
})

describe('update', () => {
  it('refuses one that is made of an old version', async () => {
    const { client } = await setUp()
    const made = await client.create('configmaps', configMap('a'))
    await client.update('configmaps', { ...made, data: { k: '1' } })
    expect(await refusalOf(client.update('configmaps', { ...made, data: { k: '2' } }))).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    })
  })

  it('leaves the version alone when nothing changes', async () => {
    const { client, store } = await setUp()
    const made = await client.create('configmaps', configMap('a', { data: { k: 'v' } }))
    const before = store.resourceVersion
    expect(await client.update('configmaps', { data: { k: 'v' }, metadata: made.metadata })).toBe(made)
    expect(store.resourceVersion).toBe(before)
  })

  it('keeps what a client has no say in', async () => {
    const { client } = await setUp()
    const made = await client.create('configmaps', configMap('a'))
    const next = await client.update(
      'configmaps',
      configMap('a', { metadata: { creationTimestamp: '1999-01-01T00:00:00Z', generation: 9 } }),
    )
    expect(next.metadata).toMatchObject({ uid: made.metadata.uid, creationTimestamp: made.metadata.creationTimestamp })
    expect(next.metadata.generation).toBeUndefined()
  })

  it('keeps the status on a write of the object, and everything else on a write of the status', async () => {
    const { client } = await setUp()
    const made = await client.create('deployments.apps', configMap('a', { spec: { replicas: 1 } }))
    const withStatus = await client.update('deployments.apps', { ...made, spec: { replicas: 9 }, status: { replicas: 1 } }, 'status')
    expect(withStatus).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 1 }, metadata: { generation: 1 } })
    const withSpec = await client.update('deployments.apps', { ...withStatus, spec: { replicas: 2 }, status: { replicas: 7 } })
    expect(withSpec).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 1 }, metadata: { generation: 2 } })
  })

  it('refuses one without a version for leases, and creates a lease that is not there', async () => {
    const { client } = await setUp()
    const made = await client.update('leases.coordination.k8s.io', configMap('a'))
    expect(made.kind).toBe('Lease')
    expect(await refusalOf(client.update('leases.coordination.k8s.io', configMap('a', { spec: {} })))).toMatchObject({
      code: 422,
      message: 'leases.coordination.k8s.io "a" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
    })
  })

  it('is made anew of what somebody else has written meanwhile', async () => {
    const { client, registry, type } = await setUp()
    await client.create('configmaps', configMap('a', { data: { n: '0' } }))
    const add = () =>
      registry.update(type('configmaps'), { namespace: 'default', name: 'a' }, async (current) => {
        await Promise.resolve()
        const { n } = (current?.data ?? { n: 'none' }) as { n: string }
        return { ...current, data: { n: String(Number(n) + 1) } }
      })
    await Promise.all(Array.from({ length: 20 }, add))
    expect(client.store.get('configmaps', 'default', 'a')?.data).toEqual({ n: '20' })
  })
})

describe('deletion', () => {
  const bound = configMap('p', { spec: { nodeName: 'n', terminationGracePeriodSeconds: 30 } })
  const key = { namespace: 'default', name: 'p' }

  it('takes a pod that has no node at once', async () => {
    const { client } = await setUp()
    await client.create('pods', configMap('p'))
    await client.delete('pods', key)
    expect(client.store.get('pods', 'default', 'p')).toBeUndefined()
  })

  it('leaves a pod on a node until the kubelet deletes it with grace 0', async () => {
    const { client } = await setUp()
    await client.create('pods', bound)
    const left = await client.delete('pods', key)
    expect(left?.metadata).toMatchObject({ deletionTimestamp: '2026-11-21T10:00:30Z', deletionGracePeriodSeconds: 30 })
    await client.delete('pods', key, { gracePeriodSeconds: 0 })
    expect(client.store.get('pods', 'default', 'p')).toBeUndefined()
  })

  it('can only be made sooner by a second one', async () => {
    const { client, clock } = await setUp()
    await client.create('pods', bound)
    await client.delete('pods', key)
    await clock.advance(5_000)
    expect((await client.delete('pods', key, { gracePeriodSeconds: 60 }))?.metadata.deletionGracePeriodSeconds).toBe(30)
    const sooner = await client.delete('pods', key, { gracePeriodSeconds: 10 })
    expect(sooner?.metadata).toMatchObject({ deletionTimestamp: '2026-11-21T10:00:10Z', deletionGracePeriodSeconds: 10 })
  })

  it('waits for finalizers and is done by the update that takes the last one away', async () => {
    const { client } = await setUp()
    await client.create('configmaps', configMap('a', { metadata: { finalizers: ['example.com/hold'] } }))
    const left = await client.delete('configmaps', { namespace: 'default', name: 'a' })
    expect(left?.metadata).toMatchObject({ deletionTimestamp: '2026-11-21T10:00:00Z', deletionGracePeriodSeconds: 0 })
    await client.change('configmaps', { namespace: 'default', name: 'a' }, ({ metadata: { finalizers: _gone, ...metadata }, ...rest }) => ({
      ...rest,
      metadata,
    }))
    expect(client.store.get('configmaps', 'default', 'a')).toBeUndefined()
  })

  it.each([
    { policy: 'Foreground', finalizers: ['foregroundDeletion'] },
    { policy: 'Orphan', finalizers: ['orphan'] },
  ] as const)('asks the garbage collector by a finalizer: $policy', async ({ policy, finalizers }) => {
    const { client } = await setUp()
    await client.create('deployments.apps', configMap('a'))
    const left = await client.delete('deployments.apps', { namespace: 'default', name: 'a' }, { propagationPolicy: policy })
    expect(left?.metadata.finalizers).toEqual(finalizers)
    expect(left?.metadata.generation).toBe(2)
  })

  it('leaves the pods of a Job behind unless told, and those of a Deployment not', async () => {
    const { client } = await setUp()
    await client.create('jobs.batch', configMap('j'))
    await client.create('deployments.apps', configMap('d'))
    expect((await client.delete('jobs.batch', { namespace: 'default', name: 'j' }))?.metadata.finalizers).toEqual(['orphan'])
    await client.delete('deployments.apps', { namespace: 'default', name: 'd' })
    expect(client.store.get('deployments.apps', 'default', 'd')).toBeUndefined()
  })

  it('refuses another object of the name', async () => {
    const { client } = await setUp()
    const made = await client.create('pods', bound)
    expect(await refusalOf(client.delete('pods', key, { uid: 'other' }))).toMatchObject({
      code: 409,
      message: `Operation cannot be fulfilled on Pod "p": the UID in the precondition (other) does not match the UID in record (${made.metadata.uid}). The object might have been deleted and then recreated`,
    })
  })

  it('of what is not there resolves with nothing', async () => {
    const { client } = await setUp()
    expect(await client.delete('pods', key)).toBeUndefined()
  })
})

describe('binding', () => {
  it('sets node and condition once', async () => {
    const { client } = await setUp()
    await client.create('pods', configMap('p', { spec: {} }))
    await client.bind({ namespace: 'default', name: 'p' }, 'n1')
    expect(client.store.get('pods', 'default', 'p')).toMatchObject({
      spec: { nodeName: 'n1' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-11-21T10:00:00Z' }] },
    })
    expect(await refusalOf(client.bind({ namespace: 'default', name: 'p' }, 'n2'))).toMatchObject({
      code: 409,
      message: 'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
    })
  })
})

describe('events', () => {
  it('are counted when they happen again', async () => {
    const { client, clock } = await setUp()
    const about = await client.create('pods', configMap('p'))
    const event = { about, type: 'Warning', reason: 'FailedScheduling', message: 'no node', component: 'default-scheduler' } as const
    await client.event(event)
    await clock.advance(2_000)
    await client.event(event)
    await client.event({ ...event, message: 'other' })
    expect(client.store.list('events', 'default')).toMatchObject([
      {
        count: 2,
        firstTimestamp: '2026-11-21T10:00:00Z',
        lastTimestamp: '2026-11-21T10:00:02Z',
        involvedObject: { name: 'p', kind: 'Pod' },
      },
      { count: 1, message: 'other' },
    ])
  })
})

describe('a generation that a client sends', () => {
  it.each([
    { resource: 'configmaps', sent: 7, stored: 7, why: 'the kind counts none' },
    { resource: 'configmaps', sent: 0, stored: undefined, why: 'it is none' },
    { resource: 'deployments.apps', sent: 7, stored: 1, why: 'the kind counts itself' },
  ])('of $sent for $resource is stored as $stored: $why', async ({ resource, sent, stored }) => {
    const { client } = await setUp()
    const created = await client.create(resource, configMap('a', { metadata: { generation: sent } }))
    expect(created.metadata.generation).toBe(stored)
  })

  it('changes nothing later', async () => {
    const { client } = await setUp()
    await client.create('configmaps', configMap('a', { metadata: { generation: 7 } }))
    const key = { namespace: 'default', name: 'a' }
    const next = await client.change('configmaps', key, (old) => ({ ...old, metadata: { ...old.metadata, generation: 9 } }))
    expect(next?.metadata.generation).toBe(7)
  })
})
