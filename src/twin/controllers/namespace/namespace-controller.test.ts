import type { Namespace } from 'kubernetes-types/core/v1'
import { afterEach, expect, it } from 'vitest'
import { as, type KubeObject } from '../../kube-object.ts'
import { samplePod, sampleWorkload } from '../sample-objects.test-support.ts'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'
import { NamespaceController } from './namespace-controller.ts'

let cluster: SmallCluster
afterEach(() => cluster.stop())

async function start(minor = 30) {
  cluster = await smallCluster(minor)
  cluster.run(new NamespaceController(cluster.client, cluster))
  await cluster.put('namespaces', { metadata: { name: 'team' }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } })
}

const team = () => cluster.store.get('namespaces', undefined, 'team')
const conditions = () => as<Namespace>(team() as KubeObject).status?.conditions ?? []

it('an empty namespace goes', async () => {
  await start()
  await cluster.client.delete('namespaces', { name: 'team' })
  await cluster.clock.advance(1_000)
  expect(team()).toBeUndefined()
})

it('everything in it is deleted, and nothing else', async () => {
  await start()
  await cluster.client.create('configmaps', { metadata: { name: 'c', namespace: 'team' } })
  await cluster.client.create('configmaps', { metadata: { name: 'c', namespace: 'default' } })
  const deployment = sampleWorkload('Deployment', 'd', 1)
  await cluster.client.create('deployments.apps', { ...deployment, metadata: { name: 'd', namespace: 'team' } })
  await cluster.client.delete('namespaces', { name: 'team' })
  await cluster.clock.advance(60_000)
  expect(team()).toBeUndefined()
  expect(cluster.store.list('configmaps').map(({ metadata }) => metadata.namespace)).toEqual(['default'])
  expect(cluster.store.count('deployments.apps')).toBe(0)
})

it('waits for pods that end, and says so', async () => {
  await start()
  await cluster.put('pods', samplePod('p', { namespace: 'team', nodeName: 'n1' }))
  await cluster.client.delete('namespaces', { name: 'team' })
  await cluster.clock.advance(5_000)
  expect(team()).toMatchObject({ status: { phase: 'Terminating' } })
  expect(conditions().find(({ type }) => type === 'NamespaceContentRemaining')).toMatchObject({
    status: 'True',
    message: 'Some resources are remaining: pods. has 1 resource instances',
  })
  expect(cluster.store.get('pods', 'team', 'p')?.metadata.deletionTimestamp).toBeDefined()
  await cluster.client.delete('pods', { namespace: 'team', name: 'p' }, { gracePeriodSeconds: 0 })
  await cluster.clock.advance(20_000)
  expect(team()).toBeUndefined()
})

it('stays as long as a finalizer holds an object, and names it', async () => {
  await start()
  await cluster.client.create('configmaps', { metadata: { name: 'c', namespace: 'team', finalizers: ['example.com/hold'] } })
  await cluster.client.delete('namespaces', { name: 'team' })
  await cluster.clock.advance(3_600_000)
  expect(conditions().find(({ type }) => type === 'NamespaceFinalizersRemaining')).toMatchObject({ status: 'True' })
  await cluster.client.change('configmaps', { namespace: 'team', name: 'c' }, (current) => {
    const { finalizers: _, ...metadata } = current.metadata
    return { ...current, metadata }
  })
  await cluster.clock.advance(20_000)
  expect(team()).toBeUndefined()
})

it.each([
  { minor: 32, left: 0 },
  { minor: 33, left: 1 },
])('in 1.$minor $left of the other objects is left while a pod ends', async ({ minor, left }) => {
  await start(minor)
  await cluster.put('pods', samplePod('p', { namespace: 'team', nodeName: 'n1' }))
  await cluster.client.create('configmaps', { metadata: { name: 'c', namespace: 'team' } })
  await cluster.client.delete('namespaces', { name: 'team' })
  await cluster.clock.advance(5_000)
  expect(cluster.store.list('configmaps', 'team')).toHaveLength(left)
})
