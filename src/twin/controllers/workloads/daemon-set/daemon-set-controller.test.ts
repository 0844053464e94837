import { describe, expect, it } from 'vitest'
import type { DraftObject } from '../../../kube-object.ts'
import { startCluster, type WorkloadCluster } from '../workload-cluster.test-support.ts'
import type { DaemonSetObject } from '../workload-objects.ts'

function agent(spec: object = {}): DraftObject {
  return { metadata: { name: 'agent' }, spec: { selector: { matchLabels: { app: 'agent' } }, template: template('agent:1'), ...spec } }
}

function template(image: string, spec: object = {}) {
  return { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image }], ...spec } }
}

const set = (cluster: WorkloadCluster) => cluster.get<DaemonSetObject>('daemonsets.apps', 'agent')
const places = (cluster: WorkloadCluster) =>
  cluster
    .pods()
    .map(({ spec }) => spec.nodeName)
    .sort()
const images = (cluster: WorkloadCluster) => cluster.livePods().map(({ spec }) => spec.containers[0]?.image)
const changeNode = (cluster: WorkloadCluster, name: string, spec: object, labels: Record<string, string> = {}) =>
  cluster.client.change('nodes', { name }, (node) => ({ ...node, metadata: { ...node.metadata, labels }, spec }))

describe('a DaemonSet', () => {
  it('has one pod on every node, also on one that comes later', async () => {
    const cluster = await startCluster()
    await cluster.create('daemonsets.apps', agent())
    await cluster.seconds(10)
    expect(cluster.failures).toEqual([])
    expect(places(cluster)).toEqual(['n1', 'n2', 'n3'])
    await cluster.client.create('nodes', { metadata: { name: 'n4' } })
    await cluster.seconds(10)
    expect(places(cluster)).toEqual(['n1', 'n2', 'n3', 'n4'])
    expect(set(cluster).status).toMatchObject({
      desiredNumberScheduled: 4,
      currentNumberScheduled: 4,
      numberReady: 4,
      numberAvailable: 4,
      updatedNumberScheduled: 4,
      numberMisscheduled: 0,
    })
  })

  it('comes back to a cordoned node', async () => {
    const cluster = await startCluster()
    await cluster.create('daemonsets.apps', agent())
    await cluster.seconds(10)
    await changeNode(cluster, 'n2', { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] })
    const there = cluster.pods().find(({ spec }) => spec.nodeName === 'n2')
    await cluster.client.delete('pods', { namespace: 'default', name: there?.metadata.name ?? '' })
    await cluster.seconds(10)
    expect(places(cluster)).toEqual(['n1', 'n2', 'n3'])
    expect(set(cluster).status).toMatchObject({ numberReady: 3, numberMisscheduled: 0 })
  })

  it.each([
    { effect: 'NoSchedule', left: ['n1', 'n2', 'n3'], status: { desiredNumberScheduled: 2, numberMisscheduled: 1 } },
    { effect: 'NoExecute', left: ['n1', 'n3'], status: { desiredNumberScheduled: 2, numberMisscheduled: 0 } },
  ])('has $left after a node got a taint $effect that it does not tolerate', async ({ effect, left, status }) => {
    const cluster = await startCluster()
    await cluster.create('daemonsets.apps', agent())
    await cluster.seconds(10)
    await changeNode(cluster, 'n2', { taints: [{ key: 'gpu', effect }] })
    await cluster.seconds(10)
    expect(places(cluster)).toEqual(left)
    expect(set(cluster).status).toMatchObject(status)
  })

  it('runs where its node selector says, and leaves a node that is no longer such', async () => {
    const cluster = await startCluster()
    await changeNode(cluster, 'n1', {}, { role: 'edge' })
    await cluster.create('daemonsets.apps', agent({ template: template('agent:1', { nodeSelector: { role: 'edge' } }) }))
    await cluster.seconds(10)
    expect(places(cluster)).toEqual(['n1'])
    await changeNode(cluster, 'n1', {})
    await changeNode(cluster, 'n3', {}, { role: 'edge' })
    await cluster.seconds(10)
    expect(places(cluster)).toEqual(['n3'])
  })

  it('replaces its pods node by node, as many at a time as may be unavailable', async () => {
    const cluster = await startCluster({ nodes: 6 })
    await cluster.create('daemonsets.apps', agent({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } }))
    await cluster.seconds(10)
    let fewest = 6
    cluster.store.subscribe(() => {
      const ready = cluster.livePods().filter(({ status }) => status?.conditions?.some(({ status: is }) => is === 'True'))
      fewest = Math.min(fewest, ready.length)
    })
    await cluster.changeSpec('daemonsets.apps', 'agent', { template: template('agent:2') })
    await cluster.seconds(60)
    expect(images(cluster)).toEqual(Array(6).fill('agent:2'))
    expect(fewest).toBe(4)
    expect(set(cluster).status).toMatchObject({ updatedNumberScheduled: 6, numberAvailable: 6 })
  })

  it('with maxSurge starts the new pod before the old one goes, from 1.22', async () => {
    const cluster = await startCluster({ minor: 25 })
    await cluster.create(
      'daemonsets.apps',
      agent({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
    )
    await cluster.seconds(10)
    let fewest = 3
    cluster.store.subscribe(() => {
      const ready = cluster.livePods().filter(({ status }) => status?.conditions?.some(({ status: is }) => is === 'True'))
      fewest = Math.min(fewest, new Set(ready.map(({ spec }) => spec.nodeName)).size)
    })
    await cluster.changeSpec('daemonsets.apps', 'agent', { template: template('agent:2') })
    await cluster.seconds(60)
    expect(images(cluster)).toEqual(Array(3).fill('agent:2'))
    expect(fewest).toBe(3)
  })

  it('with OnDelete replaces nothing by itself', async () => {
    const cluster = await startCluster()
    await cluster.create('daemonsets.apps', agent({ updateStrategy: { type: 'OnDelete' } }))
    await cluster.seconds(10)
    await cluster.changeSpec('daemonsets.apps', 'agent', { template: template('agent:2') })
    await cluster.seconds(30)
    expect(images(cluster)).toEqual(Array(3).fill('agent:1'))
    expect(set(cluster).status).not.toHaveProperty('updatedNumberScheduled')
    expect(set(cluster).status).toMatchObject({ numberAvailable: 3 })
  })

  it('deletes a failed pod, says so, and leaves the next one longer', async () => {
    const cluster = await startCluster({ nodes: 1 })
    await cluster.create('daemonsets.apps', agent())
    await cluster.seconds(10)
    const [first] = cluster.pods()
    await cluster.nodes.finish(first?.metadata.name ?? '', 'Failed')
    await cluster.seconds(10)
    expect(cluster.events('agent')).toContain(
      `FailedDaemonPod: Found failed daemon pod default/${first?.metadata.name} on node n1, will try to kill it`,
    )
    expect(set(cluster).status).toMatchObject({ numberReady: 1 })
  })

  it('pins a pod to its node and gives it the tolerations of a daemon', async () => {
    const cluster = await startCluster({ nodes: 1 })
    await cluster.create('daemonsets.apps', agent({ template: template('agent:1', { hostNetwork: true }) }))
    await cluster.seconds(10)
    const [pod] = cluster.pods()
    expect(pod?.spec.affinity).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }],
        },
      },
    })
    expect(pod?.spec.tolerations?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
      'node.kubernetes.io/not-ready:NoExecute',
      'node.kubernetes.io/unreachable:NoExecute',
      'node.kubernetes.io/disk-pressure:NoSchedule',
      'node.kubernetes.io/memory-pressure:NoSchedule',
      'node.kubernetes.io/pid-pressure:NoSchedule',
      'node.kubernetes.io/unschedulable:NoSchedule',
      'node.kubernetes.io/network-unavailable:NoSchedule',
    ])
  })
})
