import type { EndpointSlice } from 'kubernetes-types/discovery/v1'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Controller } from '../control-loop/controller.ts'
import { as, type DraftObject, type KubeObject } from '../kube-object.ts'
import { DisruptionController } from './disruption/disruption-controller.ts'
import { EndpointSliceController } from './endpoint-slices/endpoint-slice-controller.ts'
import { EndpointsController } from './endpoints/endpoints-controller.ts'
import { SelectedByServices } from './endpoints/selected-by-services.ts'
import { LabelledObjects } from './labelled-objects.ts'
import { ownedBy, sampleBudgetDraft, samplePod, sampleWorkload } from './sample-objects.test-support.ts'
import { type SmallCluster, smallCluster } from './small-cluster.test-support.ts'
import { workloadControllers } from './workloads/workload-controllers.ts'

let cluster: SmallCluster
/** How often each controller has been run since the last look. */
const runs = new Map<string, number>()

beforeEach(async () => {
  cluster = await smallCluster()
  runs.clear()
  const { client, clock, minor, store } = cluster
  const endpoints = { minor, pods: new LabelledObjects(store, 'pods'), services: new SelectedByServices(store) }
  cluster.run(
    ...[
      new DisruptionController(client, cluster),
      new EndpointsController(client, endpoints),
      new EndpointSliceController(client, endpoints),
      ...workloadControllers(client, { clock, minor }),
    ].map(counted),
  )
})
afterEach(() => cluster.stop())

function counted(controller: Controller): Controller {
  const reconcile = controller.reconcile.bind(controller)
  controller.reconcile = (key) => {
    runs.set(controller.name, (runs.get(controller.name) ?? 0) + 1)
    return reconcile(key)
  }
  return controller
}

/** What runs because of it, when all has come to rest. */
async function runsAfter(act: () => Promise<unknown>): Promise<Record<string, number>> {
  await cluster.clock.advance(10_000)
  runs.clear()
  await act()
  await cluster.clock.advance(10_000)
  return Object.fromEntries(runs)
}

const first = { namespace: 'default', name: 'web-0' }

function statusOf(fields: (status: DraftObject) => object): Promise<KubeObject> {
  return cluster.client.change(
    'pods',
    first,
    (pod) => ({ ...pod, status: { ...(pod.status as object), ...fields(pod.status as DraftObject) } }),
    'status',
  )
}

const unready = () => statusOf(() => ({ conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-05T10:00:20Z' }] }))
const restarted = () => statusOf(() => ({ containerStatuses: [{ name: 'main', restartCount: 3 }] }))

async function web(kind: 'ReplicaSet' | 'StatefulSet'): Promise<void> {
  const owner = await cluster.put(kind === 'ReplicaSet' ? 'replicasets.apps' : 'statefulsets.apps', sampleWorkload(kind, 'web', 0))
  for (const [at, ip] of ['10.0.0.1', '10.0.0.2'].entries()) {
    const name = `web-${at}`
    const labels = { app: 'web', 'statefulset.kubernetes.io/pod-name': name }
    await cluster.put('pods', samplePod(name, { labels, ip, nodeName: 'n1', owner: ownedBy(owner) }))
  }
  await cluster.client.change(
    kind === 'ReplicaSet' ? 'replicasets.apps' : 'statefulsets.apps',
    { namespace: 'default', name: 'web' },
    (set) => ({
      ...set,
      spec: { ...(set.spec as object), replicas: 2 },
    }),
  )
}

describe('a pod that stops being ready', () => {
  it('runs each controller that counts it once, and none again for what it writes itself', async () => {
    await web('ReplicaSet')
    await cluster.client.create('poddisruptionbudgets.policy', sampleBudgetDraft('web', { maxUnavailable: 1 }))
    await cluster.client.create('services', service)
    expect(await runsAfter(unready)).toEqual({
      'replicaset-controller': 1,
      disruption: 1,
      'endpoint-controller': 1,
      'endpoint-slice-controller': 1,
    })
    expect(cluster.store.get('replicasets.apps', 'default', 'web')?.status).toMatchObject({ replicas: 2, readyReplicas: 1 })
    expect(cluster.store.get('poddisruptionbudgets.policy', 'default', 'web')?.status).toMatchObject({ currentHealthy: 1 })
    expect(slice().endpoints.map(({ conditions }) => conditions?.ready)).toEqual([false, true])
  })

  it('is told to a StatefulSet as well', async () => {
    await web('StatefulSet')
    expect(await runsAfter(unready)).toMatchObject({ 'statefulset-controller': expect.any(Number) })
    expect(cluster.store.get('statefulsets.apps', 'default', 'web')?.status).toMatchObject({ replicas: 2, readyReplicas: 1 })
  })
})

describe.each(['ReplicaSet', 'StatefulSet'] as const)('a pod of a %s', (kind) => {
  it('runs nothing by what nobody counts', async () => {
    await web(kind)
    await cluster.client.create('poddisruptionbudgets.policy', sampleBudgetDraft('web', { minAvailable: 1 }))
    await cluster.client.create('services', service)
    expect(await runsAfter(restarted)).toEqual({})
  })

  it('runs its owner by whatever happens to it while that has not as many as it wants', async () => {
    await web(kind)
    await cluster.clock.advance(10_000)
    const resource = kind === 'ReplicaSet' ? 'replicasets.apps' : 'statefulsets.apps'
    const fewer = (set: KubeObject) => ({ ...set, status: { ...(set.status as object), replicas: 1 } })
    cluster.store.put(resource, as<KubeObject>(fewer(cluster.store.get(resource, 'default', 'web') as KubeObject)))
    await restarted()
    runs.clear()
    await cluster.clock.advance(10_000)
    expect(runs.get(kind === 'ReplicaSet' ? 'replicaset-controller' : 'statefulset-controller')).toBeGreaterThan(0)
    expect(cluster.store.get(resource, 'default', 'web')?.status).toMatchObject({ replicas: 2 })
  })
})

it('a pod that has no address yet concerns no Service', async () => {
  await cluster.client.create('services', service)
  const ran = await runsAfter(() => cluster.put('pods', samplePod('web-0', { ready: false, phase: 'Pending' })))
  expect(ran).toEqual({})
  await statusOf(() => ({ phase: 'Running', podIP: '10.0.0.1' }))
  await cluster.clock.advance(10_000)
  expect(slice().endpoints).toMatchObject([{ addresses: ['10.0.0.1'] }])
})

it('a pod that goes concerns no budget by being ready no more', async () => {
  await cluster.client.create('poddisruptionbudgets.policy', sampleBudgetDraft('web', { minAvailable: 1 }))
  await cluster.put('pods', samplePod('web-0', { nodeName: 'n1' }))
  await cluster.client.delete('pods', first, { gracePeriodSeconds: 30 })
  expect(await runsAfter(unready)).toEqual({})
})

it.each([
  { what: 'labels', by: (one: KubeObject) => ({ ...one, metadata: { ...one.metadata, labels: { ...one.metadata.labels, team: 'x' } } }) },
  { what: 'endpoints', by: (one: KubeObject) => ({ ...one, endpoints: [] }) },
  { what: 'ports', by: (one: KubeObject) => ({ ...one, ports: [] }) },
])('a slice whose $what somebody else writes is set right', async ({ by }) => {
  await cluster.client.create('services', service)
  await cluster.put('pods', samplePod('web-0', { nodeName: 'n1', ip: '10.0.0.1' }))
  await cluster.clock.advance(10_000)
  // written by the controller, not created by it
  await unready()
  await cluster.clock.advance(10_000)
  const { metadata, endpoints, ports } = slice()
  const { namespace, name } = metadata as KubeObject['metadata']
  await cluster.client.change('endpointslices.discovery.k8s.io', { namespace, name }, by)
  await cluster.clock.advance(10_000)
  expect(slice()).toMatchObject({ metadata: { labels: metadata?.labels }, endpoints, ports })
  expect(slice().metadata?.labels).toEqual(metadata?.labels)
})

const service: DraftObject = {
  metadata: { name: 'web', namespace: 'default' },
  spec: { clusterIP: '10.96.0.9', selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
}

function slice(): EndpointSlice {
  const [found, ...others] = cluster.store.list('endpointslices.discovery.k8s.io', 'default')
  if (found === undefined || others.length > 0) throw new Error('there is not one slice')
  return as<EndpointSlice>(found)
}
