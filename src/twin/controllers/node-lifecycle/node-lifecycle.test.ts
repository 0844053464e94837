import type { Node, Pod } from 'kubernetes-types/core/v1'
import { afterEach, describe, expect, it } from 'vitest'
import { as, type DraftObject } from '../../kube-object.ts'
import { samplePod } from '../sample-objects.test-support.ts'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'
import { KubeletPresence } from './kubelet-presence.ts'
import { NodeLifecycleController } from './node-lifecycle-controller.ts'
import { TaintEvictionController } from './taint-eviction-controller.ts'

let cluster: SmallCluster
let silent: Set<string>
afterEach(() => cluster.stop())

/** Nodes whose leases are renewed every 10 s until they fall silent. */
async function start(nodes: Readonly<Record<string, string>>, minor = 30) {
  cluster = await smallCluster(minor)
  silent = new Set()
  const podsByNode = cluster.store.index('pods', (pod) => ((as<Pod>(pod).spec?.nodeName ?? '') ? [as<Pod>(pod).spec?.nodeName ?? ''] : []))
  for (const [name, zone] of Object.entries(nodes)) {
    await cluster.put('nodes', nodeDraft(name, zone))
    await cluster.client.create('leases.coordination.k8s.io', { metadata: { name, namespace: 'kube-node-lease' }, spec: {} })
  }
  cluster.run(
    new NodeLifecycleController(cluster.client, { ...cluster, podsByNode }),
    new TaintEvictionController(cluster.client, { ...cluster, podsByNode }),
  )
  const beat = async () => {
    for (const name of Object.keys(nodes).filter((one) => !silent.has(one))) await renew(name)
    cluster.clock.after(10_000, () => void beat())
  }
  void beat()
  await cluster.clock.advance(1_000)
}

async function renew(name: string) {
  const renewTime = new Date(cluster.clock.now()).toISOString()
  const lease = (current: object) => ({ ...current, spec: { renewTime } })
  await cluster.client.change('leases.coordination.k8s.io', { namespace: 'kube-node-lease', name }, lease)
}

function nodeDraft(name: string, zone: string): DraftObject {
  return {
    metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] },
  }
}

async function setReady(name: string, status: string) {
  const ready = { type: 'Ready', status, lastHeartbeatTime: new Date(cluster.clock.now()).toISOString() }
  await cluster.client.change('nodes', { name }, (node) => ({ ...node, status: { conditions: [ready] } }), 'status')
}

const readyOf = (name: string) => as<Node>(cluster.client.store.get('nodes', undefined, name) as never).status?.conditions?.[0]
const taintsOf = (name: string) =>
  (as<Node>(cluster.client.store.get('nodes', undefined, name) as never).spec?.taints ?? []).map(
    ({ key, effect }) => `${key.split('/')[1]}:${effect}`,
  )
const events = (reason: string) => cluster.store.list('events').filter((event) => event.reason === reason)
const five = { n1: 'a', n2: 'a', n3: 'a', n4: 'a', n5: 'a' }

describe('a node that falls silent', () => {
  it.each([
    { minor: 20, before: 35_000, after: 46_000 },
    { minor: 32, before: 45_000, after: 56_000 },
  ])('in 1.$minor is Ready after $before ms and Unknown after $after ms', async ({ minor, before, after }) => {
    await start(five, minor)
    silent.add('n1')
    await renew('n1')
    await cluster.clock.advance(before)
    expect(readyOf('n1')).toMatchObject({ status: 'True' })
    await cluster.clock.advance(after - before)
    expect(readyOf('n1')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown' })
    expect(readyOf('n2')).toMatchObject({ status: 'True' })
    expect(taintsOf('n1').sort()).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule'])
  })

  it('its pods are not ready, and both are told', async () => {
    await start(five)
    await cluster.put('pods', samplePod('p', { nodeName: 'n1', spec: { tolerations: [{ operator: 'Exists' }] } }))
    silent.add('n1')
    await cluster.clock.advance(60_000)
    const pod = as<Pod>(cluster.store.get('pods', 'default', 'p') as never)
    expect(pod.status?.conditions).toMatchObject([{ type: 'Ready', status: 'False' }])
    expect(events('NodeNotReady').map(({ message }) => message)).toEqual(
      expect.arrayContaining(['Node is not ready', 'Node n1 status is now: NodeNotReady']),
    )
  })

  it('its pods go when their 300 s are over, not before, and only those that do not stay for ever', async () => {
    await start(five)
    const tolerations = [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }]
    await cluster.put('pods', samplePod('web', { nodeName: 'n1', spec: { tolerations } }))
    await cluster.put('pods', samplePod('agent', { nodeName: 'n1', spec: { tolerations: [{ operator: 'Exists' }] } }))
    silent.add('n1')
    await cluster.clock.advance(330_000)
    expect(cluster.store.get('pods', 'default', 'web')?.metadata.deletionTimestamp).toBeUndefined()
    await cluster.clock.advance(30_000)
    expect(cluster.store.get('pods', 'default', 'web')?.metadata.deletionTimestamp).toBeDefined()
    expect(as<Pod>(cluster.store.get('pods', 'default', 'web') as never).status?.conditions).toMatchObject([
      { type: 'Ready' },
      { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager' },
    ])
    expect(cluster.store.get('pods', 'default', 'agent')?.metadata.deletionTimestamp).toBeUndefined()
    expect(events('TaintManagerEviction')).toMatchObject([{ message: 'Marking for deletion Pod default/web' }])
  })

  it('comes back in time: taints go, and the deletion is cancelled', async () => {
    await start(five)
    const tolerations = [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }]
    await cluster.put('pods', samplePod('web', { nodeName: 'n1', spec: { tolerations } }))
    silent.add('n1')
    await cluster.clock.advance(200_000)
    silent.delete('n1')
    await setReady('n1', 'True')
    await cluster.clock.advance(600_000)
    expect(taintsOf('n1')).toEqual([])
    expect(cluster.store.get('pods', 'default', 'web')?.metadata.deletionTimestamp).toBeUndefined()
    expect(events('TaintManagerEviction')).toMatchObject([{ message: 'Cancelling deletion of Pod default/web' }])
  })
})

describe('many nodes', () => {
  it('are tainted one every ten seconds in a zone', async () => {
    await start({ ...five, n6: 'a', n7: 'a', n8: 'a' })
    for (const name of ['n1', 'n2', 'n3']) await setReady(name, 'False')
    const tainted = () => ['n1', 'n2', 'n3'].filter((name) => taintsOf(name).includes('not-ready:NoExecute')).length
    await cluster.clock.advance(1_000)
    expect(tainted()).toBe(1)
    await cluster.clock.advance(10_000)
    expect(tainted()).toBe(2)
    await cluster.clock.advance(10_000)
    expect(tainted()).toBe(3)
  })

  it('are left alone while most of their small zone is not ready', async () => {
    await start({ ...five, m1: 'b' })
    for (const name of ['n1', 'n2', 'n3']) await setReady(name, 'False')
    await cluster.clock.advance(120_000)
    expect(['n1', 'n2', 'n3'].flatMap(taintsOf).filter((taint) => taint.endsWith('NoExecute'))).toEqual([])
  })

  it('are not evicted when none is ready: taints are taken back', async () => {
    await start({ n1: 'a', n2: 'a', m1: 'b' })
    await setReady('n1', 'False')
    await cluster.clock.advance(1_000)
    expect(taintsOf('n1')).toContain('not-ready:NoExecute')
    await setReady('n2', 'False')
    await setReady('m1', 'False')
    await cluster.clock.advance(120_000)
    expect(['n1', 'n2', 'm1'].flatMap(taintsOf)).toEqual(['not-ready:NoSchedule', 'not-ready:NoSchedule', 'not-ready:NoSchedule'])
    await setReady('n2', 'True')
    await cluster.clock.advance(30_000)
    expect(taintsOf('n1')).toContain('not-ready:NoExecute')
    expect(taintsOf('n2')).toEqual([])
  })
})

it('a cordon is mirrored as a taint, and goes with it', async () => {
  await start(five)
  await cluster.client.change('nodes', { name: 'n1' }, (node) => ({ ...node, spec: { ...(node.spec as object), unschedulable: true } }))
  await cluster.clock.advance(1_000)
  expect(taintsOf('n1')).toEqual(['unschedulable:NoSchedule'])
  await cluster.client.change('nodes', { name: 'n1' }, (node) => ({
    ...node,
    spec: { taints: (node.spec as { taints: unknown[] }).taints },
  }))
  await cluster.clock.advance(1_000)
  expect(taintsOf('n1')).toEqual([])
})

it('nodes that come and go are told of', async () => {
  await start({ n1: 'a', n2: 'a' })
  await cluster.client.delete('nodes', { name: 'n2' })
  await cluster.clock.advance(1_000)
  expect(events('RegisteredNode')).toHaveLength(2)
  expect(events('RemovingNode')).toMatchObject([{ message: 'Node n2 event: Removing Node n2 from Controller' }])
})

it('without heartbeats a node is silent when its kubelet is said to be, and no node is asked in between', async () => {
  cluster = await smallCluster()
  const presence = new KubeletPresence()
  const podsByNode = cluster.store.index('pods', () => [])
  for (const name of ['n1', 'n2']) await cluster.put('nodes', nodeDraft(name, 'a'))
  cluster.run(new NodeLifecycleController(cluster.client, { ...cluster, podsByNode, presence }))
  await cluster.clock.advance(1_000)
  expect(cluster.clock.nextAtMs()).toBeUndefined()
  await cluster.clock.advance(86_400_000)
  expect([readyOf('n1'), readyOf('n2')]).toMatchObject([{ status: 'True' }, { status: 'True' }])
  presence.change({ node: 'n1', present: false, atMs: cluster.clock.now() })
  await cluster.clock.advance(39_000)
  expect(readyOf('n1')).toMatchObject({ status: 'True' })
  await cluster.clock.advance(10_000)
  expect([readyOf('n1'), readyOf('n2')]).toMatchObject([{ status: 'Unknown' }, { status: 'True' }])
})
