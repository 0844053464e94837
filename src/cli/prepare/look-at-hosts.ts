import type { HostFacts } from '../../core/host/host-facts.ts'
import type { NodeOverview } from '../../core/host/node-overview.ts'
import { parseHostStock, stockScriptOf } from '../../core/prepare/host-stock.ts'
import { type HostPreparation, planHost } from '../../core/prepare/plan-preparation.ts'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import { kubeadmAhead } from '../../core/recipe/kubeadm/kubeadm-recipe.ts'
import type { Host } from '../../node/host.ts'
import { mapBounded } from '../../node/map-bounded.ts'
import { HostFault } from '../../node/ssh/host-fault.ts'
import { lookAtHost } from '../nodes/look-at-host.ts'
import { progressLine } from '../nodes/progress-line.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'

/** A host of the way, and how it is reached. */
export interface HostOfWay {
  readonly node: NodeOverview
  readonly host: Host
  readonly orders: readonly HostOrder[]
}

/** `Failed`: one sentence without the name of the host. */
export type LookedHost = HostOfWay &
  (
    | { readonly kind: 'Seen'; readonly facts: HostFacts; readonly preparation: HostPreparation }
    | { readonly kind: 'Failed'; readonly message: string }
  )

/** Hosts that are looked at at a time. */
const atATime = 20

/** What each host needs and has. Reads only. */
export async function lookAtHosts(hosts: readonly HostOfWay[], ports: CommandPorts): Promise<readonly LookedHost[]> {
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

async function lookAt(of: HostOfWay, { now }: CommandPorts): Promise<LookedHost> {
  const report = await lookAtHost(of.node, of.host, { now })
  if (report.host.kind !== 'Seen')
    return { ...of, kind: 'Failed', message: report.host.kind === 'Failed' ? report.host.message : 'not seen' }
  const { facts } = report.host
  const preparation = await preparationOf(of, facts)
  return typeof preparation === 'string' ? { ...of, kind: 'Failed', message: preparation } : { ...of, kind: 'Seen', facts, preparation }
}

/** What a host needs and has now; one sentence when it does not answer. */
export async function preparationOf({ host, orders }: HostOfWay, facts: HostFacts): Promise<HostPreparation | string> {
  const refusal = refusalOf(orders, facts)
  try {
    const { stdout } = refusal === undefined ? await host.run(stockScriptOf(orders, facts), 'stock') : { stdout: '' }
    return planHost(orders, { facts, stock: parseHostStock(stdout), refusal })
  } catch (error) {
    if (error instanceof HostFault) return error.message
    throw error
  }
}

/** The name of the node stands in front of it elsewhere. */
function refusalOf(orders: readonly HostOrder[], facts: HostFacts): string | undefined {
  for (const order of orders) {
    const found = kubeadmAhead(order, facts)
    if (found.kind === 'Refused') return found.message.replace(`${order.node}: `, '')
  }
  return undefined
}
