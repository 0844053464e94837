import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { OwnerReference } from '../../../core/kubernetes/object-meta.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { fleetDefinition, ownedBy, samplePod, sampleWorkload } from '../sample-objects.test-support.ts'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'
import { GarbageCollector } from './garbage-collector.ts'

let cluster: SmallCluster
afterEach(() => cluster.stop())

async function start() {
  cluster = await smallCluster()
  cluster.run(new GarbageCollector(cluster.client, cluster.kinds))
}

function configMap(name: string, owners: readonly OwnerReference[] = []): DraftObject {
  return { metadata: { name, namespace: 'default', ...(owners.length === 0 ? {} : { ownerReferences: owners }) } }
}

/** Deployment, ReplicaSet, pod that is not bound: each owns the next. */
async function family(): Promise<readonly [KubeObject, KubeObject, KubeObject]> {
  const deployment = await cluster.put('deployments.apps', sampleWorkload('Deployment', 'web', 1))
  const replicaSet = await cluster.put('replicasets.apps', sampleWorkload('ReplicaSet', 'web-1', 1, ownedBy(deployment)))
  const pod = await cluster.put('pods', samplePod('web-1-a', { owner: ownedBy(replicaSet) }))
  await cluster.clock.advance(1_000)
  return [deployment, replicaSet, pod]
}

const webKey = { namespace: 'default', name: 'web' }
const left = () => ['deployments.apps', 'replicasets.apps', 'pods'].map((resource) => cluster.store.count(resource))

describe('deletion of an owner', () => {
  it('Background: the owner goes at once, what it owns follows', async () => {
    await start()
    await family()
    await cluster.client.delete('deployments.apps', webKey, { propagationPolicy: 'Background' })
    expect(left()).toEqual([0, 1, 1])
    await cluster.clock.advance(1_000)
    expect(left()).toEqual([0, 0, 0])
  })

  it('Foreground: the owner is the last to go', async () => {
    await start()
    const [, , pod] = await family()
    const held = { ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/hold'] } }
    await cluster.client.update('pods', { ...held, metadata: { ...held.metadata, resourceVersion: '' } })
    await cluster.client.delete('deployments.apps', webKey, { propagationPolicy: 'Foreground' })
    await cluster.clock.advance(60_000)
    expect(left()).toEqual([1, 1, 1])
    expect(cluster.store.get('deployments.apps', 'default', 'web')?.metadata.finalizers).toEqual(['foregroundDeletion'])
    expect(cluster.store.get('pods', 'default', 'web-1-a')?.metadata.deletionTimestamp).toBeDefined()
    await cluster.client.change('pods', { namespace: 'default', name: 'web-1-a' }, (current) => {
      const { finalizers: _, ...metadata } = current.metadata
      return { ...current, metadata }
    })
    await cluster.clock.advance(1_000)
    expect(left()).toEqual([0, 0, 0])
  })

  it('Foreground does not wait for dependents that do not block', async () => {
    await start()
    const owner = await cluster.client.create('configmaps', configMap('owner'))
    const held = configMap('held', [ownedBy(owner, { blockOwnerDeletion: false })])
    await cluster.client.create('configmaps', { ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } })
    await cluster.client.delete('configmaps', { namespace: 'default', name: 'owner' }, { propagationPolicy: 'Foreground' })
    await cluster.clock.advance(1_000)
    expect(cluster.store.get('configmaps', 'default', 'owner')).toBeUndefined()
    expect(cluster.store.get('configmaps', 'default', 'held')?.metadata.deletionTimestamp).toBeDefined()
  })

  it('Orphan: what it owned stays, without the reference', async () => {
    await start()
    await family()
    await cluster.client.delete('deployments.apps', webKey, { propagationPolicy: 'Orphan' })
    await cluster.clock.advance(1_000)
    expect(left()).toEqual([0, 1, 1])
    expect(cluster.store.get('replicasets.apps', 'default', 'web-1')?.metadata.ownerReferences ?? []).toEqual([])
    expect(cluster.store.get('pods', 'default', 'web-1-a')?.metadata.ownerReferences).toHaveLength(1)
  })

  it('a pod that runs gets its grace', async () => {
    await start()
    const replicaSet = await cluster.put('replicasets.apps', sampleWorkload('ReplicaSet', 'web', 1))
    await cluster.put('pods', samplePod('web-a', { owner: ownedBy(replicaSet), nodeName: 'n1' }))
    await cluster.client.delete('replicasets.apps', webKey, { propagationPolicy: 'Background' })
    await cluster.clock.advance(1_000)
    expect(cluster.store.get('pods', 'default', 'web-a')?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 })
  })
})

it('two that own each other go when one of them is deleted in the foreground', async () => {
  await start()
  const first = await cluster.client.create('configmaps', configMap('first'))
  const second = await cluster.client.create('configmaps', configMap('second', [ownedBy(first)]))
  const ownerReferences = [ownedBy(second)]
  await cluster.client.update('configmaps', { ...first, metadata: { ...first.metadata, ownerReferences } })
  await cluster.client.delete('configmaps', { namespace: 'default', name: 'first' }, { propagationPolicy: 'Foreground' })
  await cluster.clock.advance(60_000)
  expect(cluster.store.count('configmaps')).toBe(0)
})

describe('owners that are not there', () => {
  it('an object whose owner never was is deleted, also when there are other objects of that name', async () => {
    await start()
    const owner = await cluster.client.create('configmaps', configMap('owner'))
    await cluster.client.create('configmaps', configMap('dependent', [{ ...ownedBy(owner), uid: 'another' }]))
    await cluster.clock.advance(1_000)
    expect(cluster.store.get('configmaps', 'default', 'dependent')).toBeUndefined()
  })

  it('an object that has another owner left only loses the reference', async () => {
    await start()
    const stays = await cluster.client.create('configmaps', configMap('stays'))
    const goes = await cluster.client.create('configmaps', configMap('goes'))
    await cluster.client.create('configmaps', configMap('both', [ownedBy(stays), ownedBy(goes, { controller: false })]))
    await cluster.client.delete('configmaps', { namespace: 'default', name: 'goes' })
    await cluster.clock.advance(1_000)
    expect(cluster.store.get('configmaps', 'default', 'both')?.metadata.ownerReferences).toMatchObject([{ name: 'stays' }])
  })

  it('a kind that nobody serves keeps the object until its definition comes', async () => {
    await start()
    const reference = { apiVersion: 'example.com/v1', kind: 'Fleet', name: 'gone', uid: 'gone' }
    await cluster.client.create('configmaps', configMap('dependent', [reference]))
    await cluster.clock.advance(60_000)
    expect(cluster.store.get('configmaps', 'default', 'dependent')).toBeDefined()
    await cluster.put('customresourcedefinitions.apiextensions.k8s.io', fleetDefinition())
    await cluster.clock.advance(1_000)
    expect(cluster.store.get('configmaps', 'default', 'dependent')).toBeUndefined()
  })
})

it('deletion always ends: no object that was deleted, and none below it, is left', async () => {
  const edges = fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.boolean()), { maxLength: 20 })
  const policy = fc.constantFrom('Background', 'Foreground')
  await fc.assert(
    fc.asyncProperty(edges, fc.array(fc.tuple(fc.nat(9), policy), { minLength: 1, maxLength: 4 }), async (pairs, deletions) => {
      await start()
      const made: KubeObject[] = []
      for (let i = 0; i < 10; i += 1) made.push(await cluster.client.create('configmaps', configMap(`o${i}`)))
      for (const [a, b, blockOwnerDeletion] of pairs) {
        if (a === b) continue
        const [to, from] = [Math.min(a, b), Math.max(a, b)]
        const owner = made[to] as KubeObject
        await cluster.client.change('configmaps', { namespace: 'default', name: `o${from}` }, (current) => {
          const others = (current.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid)
          const reference = ownedBy(owner, { controller: false, blockOwnerDeletion })
          return { ...current, metadata: { ...current.metadata, ownerReferences: [...others, reference] } }
        })
      }
      for (const [i, propagationPolicy] of deletions) {
        await cluster.client.delete(
          'configmaps',
          { namespace: 'default', name: `o${i}` },
          { propagationPolicy: propagationPolicy as 'Background' },
        )
      }
      await cluster.clock.advance(3_600_000)
      const objects = cluster.store.list('configmaps')
      expect(objects.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([])
      const uids = new Set(objects.map(({ metadata }) => metadata.uid))
      const lost = objects.filter(({ metadata }) => (metadata.ownerReferences ?? []).some(({ uid }) => !uids.has(uid)))
      expect(lost).toEqual([])
      cluster.stop()
    }),
    { numRuns: 40 },
  )
})
