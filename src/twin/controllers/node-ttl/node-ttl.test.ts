import { afterEach, describe, expect, it } from 'vitest'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'
import { NodeTtlController } from './node-ttl-controller.ts'
import { secretTtlSeconds } from './secret-ttl.ts'

let cluster: SmallCluster | undefined
afterEach(() => cluster?.stop())

describe('how long a kubelet may use what it has read', () => {
  it.each([
    { nodes: 1, before: 0, seconds: 0 },
    { nodes: 100, before: 0, seconds: 0 },
    { nodes: 101, before: 0, seconds: 15 },
    { nodes: 95, before: 15, seconds: 15 },
    { nodes: 89, before: 15, seconds: 0 },
    { nodes: 5_000, before: 0, seconds: 300 },
    { nodes: 1_700, before: 300, seconds: 60 },
    { nodes: 20_000, before: 0, seconds: 600 },
    { nodes: 3, before: 600, seconds: 0 },
  ])('$nodes nodes after $before s: $seconds s', ({ nodes, before, seconds }) => {
    expect(secretTtlSeconds(nodes, before)).toBe(seconds)
  })
})

it('each node is told, beside its other annotations', async () => {
  cluster = await smallCluster()
  cluster.run(new NodeTtlController(cluster.client))
  await cluster.client.create('nodes', { metadata: { name: 'a', annotations: { own: 'x' } }, spec: {} })
  await cluster.clock.advance(1_000)
  const annotations = cluster.store.get('nodes', undefined, 'a')?.metadata.annotations
  expect(annotations).toEqual({ own: 'x', 'node.alpha.kubernetes.io/ttl': '0' })
})
