import { afterEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../kube-object.ts'
import { fleetDefinition, ownedBy, sampleBudgetDraft, samplePod, sampleWorkload } from '../sample-objects.test-support.ts'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'
import { DisruptionController } from './disruption-controller.ts'

let cluster: SmallCluster
afterEach(() => cluster.stop())

async function start(minor = 30) {
  cluster = await smallCluster(minor)
  cluster.run(new DisruptionController(cluster.client, cluster))
}

interface Status {
  conditions?: { type: string; status: string; reason: string; message: string; observedGeneration: number }[]
  disruptedPods?: Record<string, string>
  disruptionsAllowed?: number
  currentHealthy?: number
  desiredHealthy?: number
  expectedPods?: number
  observedGeneration?: number
}

function statusOf(name = 'web'): Status {
  return (cluster.store.get('poddisruptionbudgets.policy', 'default', name)?.status ?? {}) as Status
}

function reasons(): readonly string[] {
  return cluster.store.list('events').map((event) => String(event.reason))
}

async function deployment(replicas: number): Promise<KubeObject> {
  const above = await cluster.put('deployments.apps', sampleWorkload('Deployment', 'web', replicas))
  return cluster.put('replicasets.apps', sampleWorkload('ReplicaSet', 'web-1', replicas, ownedBy(above)))
}

async function pods(count: number, healthy: number, owner?: KubeObject, prefix = 'web-') {
  for (let i = 0; i < count; i += 1) {
    await cluster.put('pods', samplePod(`${prefix}${i}`, { ready: i < healthy, ...(owner === undefined ? {} : { owner: ownedBy(owner) }) }))
  }
}

describe('status of a budget', () => {
  it.each([
    { spec: { maxUnavailable: 1 }, scale: 3, healthy: 3, desired: 2, allowed: 1 },
    { spec: { maxUnavailable: 1 }, scale: 3, healthy: 2, desired: 2, allowed: 0 },
    { spec: { maxUnavailable: 0 }, scale: 3, healthy: 3, desired: 3, allowed: 0 },
    { spec: { maxUnavailable: '10%' }, scale: 3, healthy: 3, desired: 2, allowed: 1 },
    { spec: { maxUnavailable: '25%' }, scale: 10, healthy: 10, desired: 7, allowed: 3 },
    { spec: { minAvailable: '90%' }, scale: 3, healthy: 3, desired: 3, allowed: 0 },
    { spec: { minAvailable: '50%' }, scale: 5, healthy: 5, desired: 3, allowed: 2 },
    { spec: { minAvailable: 1 }, scale: 1, healthy: 1, desired: 1, allowed: 0 },
    { spec: { maxUnavailable: 1 }, scale: 3, healthy: 1, desired: 2, allowed: 0 },
    { spec: {}, scale: 3, healthy: 3, desired: 0, allowed: 0, expected: 0 },
  ])(
    '$spec over $scale replicas, $healthy healthy: needs $desired, lets $allowed go',
    async ({ spec, scale, healthy, desired, allowed, expected }) => {
      await start()
      await pods(scale, healthy, await deployment(scale))
      await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', spec))
      await cluster.clock.advance(1_000)
      expect(statusOf()).toMatchObject({
        currentHealthy: healthy,
        desiredHealthy: desired,
        disruptionsAllowed: allowed,
        expectedPods: expected ?? scale,
        observedGeneration: 1,
      })
      expect(statusOf().conditions).toMatchObject([
        { type: 'DisruptionAllowed', status: allowed > 0 ? 'True' : 'False', reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods' },
      ])
    },
  )

  it('counts two ReplicaSets of one Deployment once: a pod too many in a rollout may go', async () => {
    await start()
    const first = await deployment(3)
    const [above] = cluster.store.list('deployments.apps')
    const second = await cluster.put('replicasets.apps', sampleWorkload('ReplicaSet', 'web-2', 1, ownedBy(above as KubeObject)))
    await pods(3, 3, first)
    await pods(1, 1, second, 'new-')
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', { maxUnavailable: 1 }))
    await cluster.clock.advance(1_000)
    expect(statusOf()).toMatchObject({ currentHealthy: 4, expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 2 })
  })

  it.each([
    { minor: 20, expected: 3 },
    { minor: 30, expected: 3 },
  ])('in 1.$minor minAvailable 2 over three bare pods needs 2 and lets 1 go', async ({ minor, expected }) => {
    await start(minor)
    await pods(3, 3)
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', { minAvailable: 2 }))
    await cluster.clock.advance(1_000)
    expect(statusOf()).toMatchObject({ expectedPods: expected, desiredHealthy: 2, disruptionsAllowed: 1 })
  })

  it('maxUnavailable over bare pods lets none go, and says that they are unmanaged', async () => {
    await start()
    await pods(3, 3)
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', { maxUnavailable: 1 }))
    await cluster.clock.advance(1_000)
    expect(statusOf()).toMatchObject({ expectedPods: 0, desiredHealthy: 0, disruptionsAllowed: 0, currentHealthy: 3 })
    expect(statusOf().conditions).toMatchObject([{ reason: 'InsufficientPods' }])
    expect(reasons()).toContain('UnmanagedPods')
  })

  it('until 1.21 bare pods keep a budget from being computed', async () => {
    await start(20)
    await pods(3, 3)
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', { maxUnavailable: 1 }))
    await cluster.clock.advance(1_000)
    expect(statusOf()).toMatchObject({ disruptionsAllowed: 0, currentHealthy: 0 })
    expect(statusOf().conditions).toBeUndefined()
    expect(reasons()).toEqual(expect.arrayContaining(['NoControllerRef', 'CalculateExpectedPodCountFailed']))
  })

  it.each([
    { minor: 20, reason: undefined, event: 'NoControllers' },
    { minor: 30, reason: 'SyncFailed', event: 'CalculateExpectedPodCountFailed' },
  ])('in 1.$minor pods of a kind without a scale let none go', async ({ minor, reason, event }) => {
    await start(minor)
    await pods(3, 3, await cluster.put('daemonsets.apps', sampleWorkload('DaemonSet', 'agent', 1)))
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', { maxUnavailable: 1 }))
    await cluster.clock.advance(1_000)
    expect(statusOf().disruptionsAllowed).toBe(0)
    expect(statusOf().conditions?.[0]?.reason).toBe(reason)
    if (reason !== undefined) expect(statusOf().conditions?.[0]?.message).toBe('daemonsets.apps does not implement the scale subresource')
    expect(reasons()).toContain(event)
  })

  it('asks a custom kind for its scale where its definition says it is', async () => {
    await start()
    await cluster.put('customresourcedefinitions.apiextensions.k8s.io', fleetDefinition())
    const fleet = cluster.store.put('fleets.example.com', {
      apiVersion: 'example.com/v1',
      kind: 'Fleet',
      metadata: { name: 'f', namespace: 'default', uid: 'f-1', resourceVersion: '', creationTimestamp: '2026-01-05T10:00:00Z' },
      spec: { size: { wanted: 5 } },
    })
    await pods(5, 5, fleet)
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', { maxUnavailable: '20%' }))
    await cluster.clock.advance(1_000)
    expect(statusOf()).toMatchObject({ expectedPods: 5, desiredHealthy: 4, disruptionsAllowed: 1 })
  })

  it.each([
    { minor: 20, expected: 0 },
    { minor: 21, expected: 3 },
  ])('an empty selector selects $expected of 3 pods in 1.$minor', async ({ minor, expected }) => {
    await start(minor)
    await pods(3, 3)
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', { selector: {}, minAvailable: 1 }))
    await cluster.clock.advance(1_000)
    expect(statusOf().expectedPods).toBe(expected)
  })
})

describe('what changes a budget', () => {
  it('a pod that gets or loses Ready, is deleted, or leaves the selector', async () => {
    await start()
    await pods(3, 3, await deployment(3))
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', { maxUnavailable: 1 }))
    await cluster.clock.advance(1_000)
    expect(statusOf().disruptionsAllowed).toBe(1)
    const unready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] }
    await cluster.client.change('pods', { namespace: 'default', name: 'web-0' }, (pod) => ({ ...pod, status: unready }), 'status')
    await cluster.clock.advance(1_000)
    expect(statusOf()).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 0 })
    const relabelled = (pod: KubeObject) => ({ ...pod, metadata: { ...pod.metadata, labels: { app: 'other' } } })
    await cluster.client.change('pods', { namespace: 'default', name: 'web-1' }, relabelled)
    await cluster.clock.advance(1_000)
    expect(statusOf()).toMatchObject({ currentHealthy: 1 })
    await cluster.client.delete('pods', { namespace: 'default', name: 'web-2' })
    await cluster.clock.advance(1_000)
    expect(statusOf()).toMatchObject({ currentHealthy: 0, expectedPods: 3 })
  })

  it('a granted eviction counts for two minutes, then the pod counts again and an event says so', async () => {
    await start()
    await pods(3, 3, await deployment(3))
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', { maxUnavailable: 1 }))
    await cluster.clock.advance(1_000)
    const grant = (budget: KubeObject) => ({
      ...budget,
      status: { ...(budget.status as object), disruptionsAllowed: 0, disruptedPods: { 'web-0': '2026-01-05T10:00:01Z' } },
    })
    await cluster.client.change('poddisruptionbudgets.policy', { namespace: 'default', name: 'web' }, grant, 'status')
    await cluster.clock.advance(60_000)
    expect(statusOf()).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 0, disruptedPods: { 'web-0': '2026-01-05T10:00:01Z' } })
    await cluster.clock.advance(65_000)
    expect(statusOf()).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 1 })
    expect(statusOf().disruptedPods).toBeUndefined()
    expect(reasons()).toContain('NotDeleted')
  })

  it('wakes no budget for what budgets do not see, nor budgets that do not match', async () => {
    await start()
    const controller = new DisruptionController(cluster.client, cluster)
    const [, watch] = controller.watches
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('web', { maxUnavailable: 1 }))
    await cluster.put('poddisruptionbudgets.policy', sampleBudgetDraft('other', { selector: { matchLabels: { app: 'db' } } }))
    const pod = await cluster.put('pods', samplePod('web-0'))
    const change = { resource: 'pods', kind: 'Modified', resourceVersion: 9 } as const
    expect(watch?.keysOf({ ...change, kind: 'Added', object: pod })).toEqual(['default/web'])
    expect(watch?.keysOf({ ...change, previous: pod, object: { ...pod, spec: { nodeName: 'n1' } } })).toEqual([])
    const relabelled = { ...pod, metadata: { ...pod.metadata, labels: { app: 'db' } } }
    expect([...(watch?.keysOf({ ...change, previous: pod, object: relabelled }) ?? [])].sort()).toEqual(['default/other', 'default/web'])
  })
})
