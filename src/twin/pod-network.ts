/** Prefix length of a node's part of the addresses of pods. Source: kube-controller-manager, --node-cidr-mask-size. */
export const usualNodeMask = 24

/** What a k3s or RKE2 cluster has unless told: room for 256 nodes. */
const usualClusterCidr = '10.42.0.0/16'
const usualNodes = 256
/** From 10.128.0.0 on, half of 10.0.0.0/8: nothing else that a twin or a generated cluster gives addresses to is there. */
const largeBase = '10.128.0.0'
const largestMask = 9

/** An IPv4 range for the pods of so many nodes, each with a /24: what an operator passes as --cluster-cidr. At most 32,768 nodes have room. */
export function clusterCidrFor(nodes: number): string {
  if (nodes <= usualNodes) return usualClusterCidr
  const bits = Math.ceil(Math.log2(nodes))
  return `${largeBase}/${Math.max(usualNodeMask - bits, largestMask)}`
}

/** An IPv4 range as numbers. */
export interface Ipv4Range {
  readonly base: number
  /** Prefix length. */
  readonly mask: number
}

/** `10.42.7.9/22` begins at 10.42.4.0; `undefined` for what is no IPv4 range. */
export function parseIpv4Range(text: string): Ipv4Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  if (match === null) return undefined
  const [a = 0, b = 0, c = 0, d = 0, mask = 33] = match.slice(1).map(Number)
  if ([a, b, c, d].some((part) => part > 255) || mask > 32) return undefined
  const size = 2 ** (32 - mask)
  return { base: Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size, mask }
}

export function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

/** How many addresses a range has for pods: without that of the network, the bridge's (which is the first) and the last. Source: CNI host-local. */
export function podRoomOf({ mask }: Ipv4Range): number {
  return Math.max(2 ** (32 - mask) - 3, 0)
}

/** The address of a pod in its node's range; `at` counts from 0 and begins again after the last. */
export function podAddressIn(range: Ipv4Range, at: number): string {
  return ipv4Text(range.base + 2 + (at % podRoomOf(range)))
}
