import { randomInt } from 'node:crypto'
import { command } from './command.ts'

/** A network of its own for one run: a switch in a network namespace, to which the machine and each host have a cable. */
export interface HostNetwork {
  /** The machine's own address on it: where hosts reach a server that a test has started. */
  readonly gateway: string
  /** Address of the host with this index (0 to 199). */
  addressOf(index: number): string
  /** Makes a network namespace with that address on `eth0`, and gives its name. */
  connect(index: number): Promise<string>
}

const firstHost = 11

/**
 * Makes the switch; all names begin with `id`. The switch does not stand in the machine's own namespace: there the machine's packet filter
 * (Docker's, for one) could drop what hosts send to each other.
 */
export async function makeHostNetwork(id: string): Promise<HostNetwork> {
  const prefix = await freeSubnet()
  const gateway = `${prefix}.1`
  await command('ip', ['netns', 'add', id])
  await ip(`link add ${id} type veth peer name uplink netns ${id}`)
  await ip(`address add ${gateway}/24 dev ${id}`)
  await ip(`link set ${id} up`)
  await ip(`-n ${id} link add switch type bridge`)
  await ip(`-n ${id} link set switch up`)
  await ip(`-n ${id} link set dev uplink master switch up`)
  const addressOf = (index: number) => `${prefix}.${firstHost + index}`
  return {
    gateway,
    addressOf,
    async connect(index) {
      const namespace = `${id}-${index}`
      await command('ip', ['netns', 'add', namespace])
      await ip(`-n ${id} link add port${index} type veth peer name eth0 netns ${namespace}`)
      await ip(`-n ${id} link set dev port${index} master switch up`)
      await ip(`-n ${namespace} link set lo up`)
      await ip(`-n ${namespace} address add ${addressOf(index)}/24 dev eth0`)
      await ip(`-n ${namespace} link set eth0 up`)
      await ip(`-n ${namespace} route add default via ${gateway}`)
      // where a cloud has its metadata: a kubelet asks there at each start, and would wait eleven seconds for the silence to end
      await ip(`-n ${namespace} route add unreachable 169.254.0.0/16`)
      await command('ip', ['netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv4.ip_forward=1'])
      return namespace
    },
  }
}

function ip(words: string): Promise<string> {
  return command('ip', words.split(' '))
}

/** Three numbers of a private /24 that no address or route of this machine touches. */
async function freeSubnet(): Promise<string> {
  const routes = JSON.parse(await command('ip', ['-json', '-4', 'route', 'show', 'table', 'all'])) as { dst: string }[]
  for (;;) {
    const prefix = `10.${randomInt(64, 128)}.${randomInt(0, 256)}`
    if (!routes.some(({ dst }) => overlaps(dst, `${prefix}.0`))) return prefix
  }
}

/** Whether a route's destination (`10.64.0.0/12`, `10.64.3.1`, `default`) and the /24 at `network` share an address. */
function overlaps(destination: string, network: string): boolean {
  const [address = '', length = '32'] = destination.split('/')
  if (!/^[\d.]+$/.test(address)) return false
  const shift = 32 - Math.min(Number(length), 24)
  return asNumber(address) >>> shift === asNumber(network) >>> shift
}

function asNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
