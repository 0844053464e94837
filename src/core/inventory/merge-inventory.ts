import { compareText } from '../compare-text.ts'
import { nearestText } from '../nearest-text.ts'
import type { HostEntry } from './host-entry.ts'
import type { Inventory, InventoryHost } from './inventory.ts'

/** What the cluster tells of a node's place. */
export interface NodeAddress {
  readonly name: string
  /** Its InternalIP; empty when it has none. */
  readonly address: string
}

export interface MergedInventory {
  /** In the order of their names. */
  readonly entries: readonly HostEntry[]
  /** One sentence for each host that cannot be reached as it is written. */
  readonly problems: readonly string[]
}

/**
 * The hosts of a cluster: its nodes, each with what the inventory says of it. A node of which it says nothing is where the cluster says. Without a
 * cluster: what the inventory says.
 *
 * @param only these nodes, when it is given
 */
export function mergeInventory(inventory: Inventory, nodes: readonly NodeAddress[] | undefined, only?: readonly string[]): MergedInventory {
  const places = nodes === undefined ? undefined : new Map(nodes.map(({ name, address }) => [name, address]))
  const named = Object.keys(inventory.hosts)
  const all = [...new Set(places === undefined ? named : places.keys())]
  const chosen = only === undefined ? all : only.filter((name) => all.includes(name))
  const strangers = (places === undefined ? [] : named.filter((name) => !places.has(name))).map((name) =>
    stranger(`hosts.${name}`, name, all),
  )
  const unknown = (only ?? []).filter((name) => !all.includes(name)).map((name) => stranger(name, name, all))
  const hosts = chosen.toSorted(compareText).map((name) => hostOf(name, inventory, places?.get(name) ?? ''))
  const entries = hosts.flatMap((host) => (typeof host === 'string' ? [] : [host]))
  const lost = hosts.flatMap((host) => (typeof host === 'string' ? [host] : []))
  return { entries, problems: [...strangers, ...unknown, ...lost, ...doubles(entries)] }
}

function stranger(field: string, name: string, all: readonly string[]): string {
  const near = nearestText(name, all)
  return `${field} is no node of the cluster: ${near === undefined ? 'remove it, or write the name of a node' : `did you mean ${near}?`}`
}

function hostOf(name: string, { defaults, hosts }: Inventory, place: string): HostEntry | string {
  const own: InventoryHost = hosts[name] ?? {}
  const { address = place, become = 'none', user, port, bastion, passwordFile }: InventoryHost = { ...defaults, ...own }
  if (address === '')
    return `${name} has no address, neither in the inventory nor an InternalIP in the cluster: write hosts.${name}.address`
  return {
    name,
    address,
    become,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(bastion === undefined || bastion === 'none' ? {} : { bastion }),
    // of the defaults, for the others
    ...(passwordFile === undefined || become === 'none' ? {} : { passwordFile }),
  }
}

/** Two nodes at one place: one of them would be changed twice. */
function doubles(entries: readonly HostEntry[]): readonly string[] {
  const first = new Map<string, string>()
  return entries.flatMap(({ name, address, port = 22, bastion = '' }) => {
    const place = `${address.toLowerCase()} ${port} ${bastion}`
    const other = first.get(place)
    if (other === undefined) first.set(place, name)
    return other === undefined ? [] : [`${name} has the address of ${other}, ${address}: each node is a host of its own`]
  })
}
