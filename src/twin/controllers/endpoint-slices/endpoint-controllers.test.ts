import type { EndpointSlice } from 'kubernetes-types/discovery/v1'
import { afterEach, expect, it } from 'vitest'
import { as, type KubeObject } from '../../kube-object.ts'
import { EndpointsController } from '../endpoints/endpoints-controller.ts'
import { SelectedByServices } from '../endpoints/selected-by-services.ts'
import { LabelledObjects } from '../labelled-objects.ts'
import { samplePod } from '../sample-objects.test-support.ts'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'
import { EndpointSliceController } from './endpoint-slice-controller.ts'

let cluster: SmallCluster
afterEach(() => cluster.stop())

async function start(minor = 30) {
  cluster = await smallCluster(minor)
  const options = { minor, pods: new LabelledObjects(cluster.store, 'pods'), services: new SelectedByServices(cluster.store) }
  cluster.run(new EndpointsController(cluster.client, options), new EndpointSliceController(cluster.client, options))
  await cluster.put('nodes', { metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1' } } })
  const spec = { clusterIP: '10.96.0.9', selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] }
  await cluster.client.create('services', { metadata: { name: 'web', namespace: 'default', labels: { team: 'a' } }, spec })
}

const slices = () => cluster.store.list('endpointslices.discovery.k8s.io', 'default').map((slice) => as<EndpointSlice>(slice))
const endpoints = () => cluster.store.get('endpoints', 'default', 'web') as KubeObject & { subsets?: unknown[] }
const run = (name: string, ip: string) => cluster.put('pods', samplePod(name, { ip, nodeName: 'n1' }))

it('a Service without pods has empty Endpoints and one empty slice, of which it is the owner', async () => {
  await start()
  await cluster.clock.advance(1_000)
  expect(endpoints()).toMatchObject({ metadata: { labels: { team: 'a' } }, subsets: [] })
  expect(slices()).toMatchObject([
    {
      addressType: 'IPv4',
      endpoints: [],
      metadata: {
        generateName: 'web-',
        labels: {
          team: 'a',
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Service', name: 'web', controller: true, blockOwnerDeletion: true }],
      },
    },
  ])
  const before = cluster.store.resourceVersion
  await cluster.clock.advance(60_000)
  expect(cluster.store.resourceVersion).toBe(before)
})

it('a pod that runs serves; one that ends does so no more, and slices say that it ends', async () => {
  await start()
  await run('a', '10.0.0.1')
  await run('b', '10.0.0.2')
  await cluster.clock.advance(1_000)
  expect(endpoints().subsets).toMatchObject([
    { addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }], ports: [{ name: 'http', port: 8080 }] },
  ])
  await cluster.client.delete('pods', { namespace: 'default', name: 'a' })
  await cluster.clock.advance(1_000)
  expect(endpoints().subsets).toMatchObject([{ addresses: [{ ip: '10.0.0.2' }] }])
  expect(slices()).toHaveLength(1)
  expect(slices()[0]?.endpoints).toMatchObject([
    { addresses: ['10.0.0.1'], conditions: { ready: false, serving: true, terminating: true }, nodeName: 'n1', zone: 'z1' },
    { addresses: ['10.0.0.2'], conditions: { ready: true, serving: true, terminating: false } },
  ])
})

it('until 1.21 a slice only knows what is ready', async () => {
  await start(20)
  await run('a', '10.0.0.1')
  await run('b', '10.0.0.2')
  await cluster.client.delete('pods', { namespace: 'default', name: 'a' })
  await cluster.clock.advance(1_000)
  expect(slices()[0]?.endpoints.map(({ addresses, conditions }) => [addresses[0], conditions])).toEqual([['10.0.0.2', { ready: true }]])
})

it('follows the labels of pods and of the Service', async () => {
  await start()
  await run('a', '10.0.0.1')
  await cluster.clock.advance(1_000)
  const relabel = (labels: Record<string, string>) => (current: KubeObject) => ({ ...current, metadata: { ...current.metadata, labels } })
  await cluster.client.change('pods', { namespace: 'default', name: 'a' }, relabel({ app: 'other' }))
  await cluster.client.change('services', { namespace: 'default', name: 'web' }, relabel({ team: 'b' }))
  await cluster.clock.advance(1_000)
  expect(endpoints()).toMatchObject({ metadata: { labels: { team: 'b' } }, subsets: [] })
  expect(slices()).toMatchObject([{ endpoints: [], metadata: { labels: { team: 'b' } } }])
})

it('Endpoints go with their Service, those of others stay', async () => {
  await start()
  await cluster.client.create('endpoints', { metadata: { name: 'own', namespace: 'default' }, subsets: [] })
  await cluster.clock.advance(1_000)
  await cluster.client.delete('services', { namespace: 'default', name: 'web' })
  await cluster.clock.advance(1_000)
  expect(cluster.store.list('endpoints', 'default').map(({ metadata }) => metadata.name)).toEqual(['own'])
})
