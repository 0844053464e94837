import type { Pod } from 'kubernetes-types/core/v1'
import { afterEach, describe, expect, it } from 'vitest'
import { as } from '../../kube-object.ts'
import { samplePod } from '../sample-objects.test-support.ts'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'
import { PodGarbageCollector } from './pod-garbage-collector.ts'

let cluster: SmallCluster
afterEach(() => cluster.stop())

async function start(minor = 30, endedThreshold = 2) {
  cluster = await smallCluster(minor)
  cluster.run(new PodGarbageCollector(cluster.client, { ...cluster, endedThreshold }))
}

const names = () => cluster.store.list('pods').map(({ metadata }) => metadata.name)

describe('pods of a node that is gone', () => {
  it('stay for 40 s, then go at once', async () => {
    await start()
    const node = await cluster.client.create('nodes', { metadata: { name: 'n1' }, spec: {} })
    await cluster.put('pods', samplePod('p', { nodeName: 'n1' }))
    await cluster.clock.advance(60_000)
    expect(names()).toEqual(['p'])
    await cluster.client.delete('nodes', { name: node.metadata.name })
    await cluster.clock.advance(39_000)
    expect(names()).toEqual(['p'])
    await cluster.clock.advance(2_000)
    expect(names()).toEqual([])
  })

  it('stay when it comes back in time', async () => {
    await start()
    await cluster.put('pods', samplePod('p', { nodeName: 'n1' }))
    await cluster.clock.advance(30_000)
    await cluster.client.create('nodes', { metadata: { name: 'n1' }, spec: {} })
    await cluster.clock.advance(60_000)
    expect(names()).toEqual(['p'])
  })

  it.each([
    { minor: 25, phase: 'Running', conditions: ['Ready'] },
    { minor: 26, phase: 'Failed', conditions: ['Ready', 'DisruptionTarget'] },
  ])('in 1.$minor their last state is $phase', async ({ minor, phase, conditions }) => {
    await start(minor)
    const last: Pod[] = []
    cluster.store.subscribe(({ resource, kind, object }) => void (resource === 'pods' && kind === 'Deleted' && last.push(as<Pod>(object))))
    await cluster.put('pods', samplePod('p', { nodeName: 'n1' }))
    await cluster.clock.advance(60_000)
    expect(last[0]?.status?.phase).toBe(phase)
    expect(last[0]?.status?.conditions?.map(({ type }) => type)).toEqual(conditions)
  })
})

it.each([
  { minor: 25, left: ['ends', 'runs'] },
  { minor: 26, left: ['runs'] },
])('in 1.$minor of a node that is out of service $left stay', async ({ minor, left }) => {
  await start(minor)
  const taints = [{ key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' }]
  await cluster.put('nodes', { metadata: { name: 'n1' }, spec: { taints }, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } })
  await cluster.put('pods', samplePod('ends', { nodeName: 'n1' }))
  await cluster.put('pods', samplePod('runs', { nodeName: 'n1' }))
  await cluster.client.delete('pods', { namespace: 'default', name: 'ends' })
  await cluster.clock.advance(60_000)
  expect(names()).toEqual(left)
})

it('of too many pods that have ended the oldest go', async () => {
  await start()
  for (const name of ['d', 'c', 'b', 'a']) {
    await cluster.put('pods', samplePod(name, { nodeName: 'n1', phase: 'Succeeded' }))
    await cluster.client.create('nodes', { metadata: { name: `node-${name}` }, spec: {} })
    await cluster.clock.advance(1_000)
  }
  expect(names()).toEqual(['a', 'b'])
})
