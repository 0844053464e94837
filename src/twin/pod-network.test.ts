import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PodCidrRanges } from './controllers/node-ipam/pod-cidr.ts'
import { clusterCidrFor, parseIpv4Range, podAddressIn, podRoomOf } from './pod-network.ts'

it.each([
  { nodes: 1, cidr: '10.42.0.0/16' },
  { nodes: 256, cidr: '10.42.0.0/16' },
  { nodes: 257, cidr: '10.128.0.0/15' },
  { nodes: 1_000, cidr: '10.128.0.0/14' },
  { nodes: 5_000, cidr: '10.128.0.0/11' },
  { nodes: 20_000, cidr: '10.128.0.0/9' },
])('the pods of $nodes nodes have $cidr', ({ nodes, cidr }) => {
  expect(clusterCidrFor(nodes)).toBe(cidr)
})

it('has a /24 for each node, and they are all different', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), (nodes) => {
      const ranges = new PodCidrRanges(clusterCidrFor(nodes), 24)
      expect(ranges.count).toBeGreaterThanOrEqual(nodes)
      if (nodes > 1) expect(ranges.at(nodes - 1)).not.toBe(ranges.at(0))
    }),
  )
})

it.each([
  { text: '10.42.7.9/22', base: 0x0a2a0400 },
  { text: '255.255.255.255/32', base: 0xffffffff },
  { text: '0.0.0.0/0', base: 0 },
])('$text begins at its first address', ({ text, base }) => {
  expect(parseIpv4Range(text)?.base).toBe(base)
})

it.each(['', 'fd00::/64', '10.0.0.0', '10.0.0.256/24', '10.0.0.0/33', '1.2.3.4/24x', '10.0.0.0/-1'])('%j is no IPv4 range', (text) => {
  expect(parseIpv4Range(text)).toBeUndefined()
})

it('pods have neither the first two addresses of their range nor its last', () => {
  const range = { base: 0x0a2a0300, mask: 24 }
  expect(podRoomOf(range)).toBe(253)
  expect([0, 1, 252, 253].map((at) => podAddressIn(range, at))).toEqual(['10.42.3.2', '10.42.3.3', '10.42.3.254', '10.42.3.2'])
})
