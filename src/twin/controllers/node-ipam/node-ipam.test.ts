import type { Node } from 'kubernetes-types/core/v1'
import { afterEach, describe, expect, it } from 'vitest'
import { as } from '../../kube-object.ts'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'
import { NodeIpamController } from './node-ipam-controller.ts'
import { PodCidrRanges } from './pod-cidr.ts'

let cluster: SmallCluster | undefined
afterEach(() => cluster?.stop())

describe('ranges of nodes', () => {
  it.each([
    { cidr: '10.42.0.0/16', mask: 24, taken: [], range: '10.42.0.0/24' },
    { cidr: '10.42.0.0/16', mask: 24, taken: ['10.42.0.0/24'], range: '10.42.1.0/24' },
    { cidr: '10.42.7.9/22', mask: 24, taken: ['10.42.4.0/24'], range: '10.42.5.0/24' },
    { cidr: '255.255.255.0/24', mask: 26, taken: [], range: '255.255.255.0/26' },
    { cidr: '10.42.0.0/24', mask: 24, taken: ['10.42.0.0/24'], range: undefined },
  ])('$cidr without $taken: $range', ({ cidr, mask, taken, range }) => {
    expect(new PodCidrRanges(cidr, mask).firstFree((one) => (taken as string[]).includes(one))?.range).toBe(range)
  })

  it.each(['fd00::/48', '10.42.0.0/25', '300.0.0.0/8', 'x'])('%s cannot be cut into /24s', (cidr) => {
    expect(() => new PodCidrRanges(cidr, 24)).toThrow(RangeError)
  })
})

it('each node has a range of its own; that of a node that is gone can be had again', async () => {
  cluster = await smallCluster()
  await cluster.client.create('nodes', { metadata: { name: 'own' }, spec: { podCIDR: '10.42.1.0/24', podCIDRs: ['10.42.1.0/24'] } })
  cluster.run(new NodeIpamController(cluster.client, { clusterCidr: '10.42.0.0/22' }))
  for (const name of ['a', 'b', 'c']) await cluster.client.create('nodes', { metadata: { name }, spec: {} })
  await cluster.clock.advance(1_000)
  const ranges = () => cluster?.store.list('nodes').map((node) => as<Node>(node).spec?.podCIDR)
  expect(ranges()?.sort()).toEqual(['10.42.0.0/24', '10.42.1.0/24', '10.42.2.0/24', '10.42.3.0/24'])
  await cluster.client.create('nodes', { metadata: { name: 'late' }, spec: {} })
  await cluster.clock.advance(1_000)
  expect(ranges()).toContain(undefined)
  await cluster.client.delete('nodes', { name: 'a' })
  await cluster.clock.advance(2_000_000)
  expect(ranges()?.sort()).toEqual(['10.42.0.0/24', '10.42.1.0/24', '10.42.2.0/24', '10.42.3.0/24'])
})
