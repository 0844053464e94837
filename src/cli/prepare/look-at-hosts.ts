import type { HostFacts } from '../../core/host/host-facts.ts'
import type { NodeOverview } from '../../core/host/node-overview.ts'
import { aheadRecipe } from '../../core/prepare/ahead-recipe.ts'
import { parseHostStock, stockScriptOf } from '../../core/prepare/host-stock.ts'
import { type HostPreparation, planHost, prepareOrders } from '../../core/prepare/plan-preparation.ts'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import type { Host } from '../../node/host.ts'
import { mapBounded } from '../../node/map-bounded.ts'
import { HostFault } from '../../node/ssh/host-fault.ts'
import { lookAtHost } from '../nodes/look-at-host.ts'
import { progressLine } from '../nodes/progress-line.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import type { ReleasePins } from './pin-releases.ts'

/** A host of the way, and how it is reached. */
export interface HostOfWay {
  readonly node: NodeOverview
  readonly host: Host
  /** That it comes to, in their order. */
  readonly versions: readonly string[]
  readonly isControlPlane: boolean
}

/** `Failed`: one sentence without the name of the host. */
export type AnsweredHost = HostOfWay &
  ({ readonly kind: 'Seen'; readonly facts: HostFacts } | { readonly kind: 'Failed'; readonly message: string })

export type LookedHost = Pick<HostOfWay, 'node' | 'host'> & { readonly orders: readonly HostOrder[] } & (
    | { readonly kind: 'Seen'; readonly facts: HostFacts; readonly sizes: ReleasePins['sizes']; readonly preparation: HostPreparation }
    | { readonly kind: 'Failed'; readonly message: string }
  )

/** Hosts that are looked at at a time. */
const atATime = 20

/** What is on each host. Reads only. */
export async function lookAtHosts(hosts: readonly HostOfWay[], ports: CommandPorts): Promise<readonly AnsweredHost[]> {
  const progress = progressLine(ports.write, () => ports.size()?.columns)
  const waiting = new Set(hosts.map(({ node }) => node.name))
  const told = () => progress.show(hosts.length - waiting.size, [...waiting])
  try {
    told()
    return await mapBounded(hosts, atATime, async (host) => {
      const looked = await lookAt(host, ports)
      waiting.delete(host.node.name)
      told()
      return looked
    })
  } finally {
    progress.end()
  }
}

async function lookAt(of: HostOfWay, { now }: CommandPorts): Promise<AnsweredHost> {
  const { host } = await lookAtHost(of.node, of.host, { now })
  if (host.kind === 'Seen') return { ...of, kind: 'Seen', facts: host.facts }
  return { ...of, kind: 'Failed', message: host.kind === 'Failed' ? host.message : 'not seen' }
}

/** What each host needs and has of it. Reads only. */
export async function planHosts(hosts: readonly AnsweredHost[], pins: ReleasePins): Promise<readonly LookedHost[]> {
  return await mapBounded(hosts, atATime, async (of): Promise<LookedHost> => {
    const { node, host, versions, isControlPlane } = of
    const binaries = of.kind === 'Seen' ? (version: string) => pins.binaries(version, of.facts) : undefined
    const known = { node, host, orders: prepareOrders(node.name, versions, isControlPlane, binaries) }
    if (of.kind === 'Failed') return { ...known, kind: 'Failed', message: of.message }
    const seen = { ...known, facts: of.facts, sizes: pins.sizes }
    const preparation = await preparationOf(seen, pins.problem)
    if (typeof preparation === 'string') return { ...known, kind: 'Failed', message: preparation }
    return { ...seen, kind: 'Seen', preparation }
  })
}

type SeenHost = Pick<Extract<LookedHost, { kind: 'Seen' }>, 'host' | 'orders' | 'facts' | 'sizes'>

/** What a host needs and has now; one sentence when it does not answer. `problem`: why its files are not known, which is told by itself. */
export async function preparationOf({ host, orders, facts, sizes }: SeenHost, problem?: string): Promise<HostPreparation | string> {
  const refusal = refusalOf(orders, facts)
  const isReleased = orders.some(({ distribution }) => distribution !== 'kubeadm')
  try {
    const { stdout } = refusal === undefined || isReleased ? await host.run(stockScriptOf(orders, facts), 'stock') : { stdout: '' }
    return planHost(orders, { facts, stock: parseHostStock(stdout), refusal: problem === undefined ? refusal : undefined, sizes })
  } catch (error) {
    if (error instanceof HostFault) return error.message
    throw error
  }
}

/** The name of the node stands in front of it elsewhere. */
function refusalOf(orders: readonly HostOrder[], facts: HostFacts): string | undefined {
  for (const order of orders) {
    const found = aheadRecipe(order, facts)
    if (found.kind === 'Refused') return found.message.replace(`${order.node}: `, '')
  }
  return undefined
}
