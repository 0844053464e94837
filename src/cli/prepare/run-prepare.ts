import type { ApiClient } from '../../cluster/api-client.ts'
import { listAll } from '../../cluster/list-all.ts'
import { nodes as nodeResource } from '../../cluster/resource.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { nodeOverview } from '../../core/host/node-overview.ts'
import { mergeInventory } from '../../core/inventory/merge-inventory.ts'
import { isControlPlane } from '../../core/plan/node-selection.ts'
import { hopsByNode } from '../../core/prepare/plan-preparation.ts'
import type { ClusterUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import { foreseeUpgrade } from '../../core/upgrade/foresee/foresee-upgrade.ts'
import type { UpgradeFacts } from '../../core/upgrade/upgrade-facts.ts'
import type { Releases } from '../../core/version/releases.ts'
import { type InventoryHosts, inventoryHosts } from '../../node/ssh/inventory-hosts.ts'
import { inventoryError, readInventory } from '../inventory/read-inventory.ts'
import { chosenNodes } from '../nodes/nodes-flags.ts'
import { type ExitCode, exitCodes } from '../upgrade/exit-code.ts'
import { readClusterFacts } from '../upgrade/read-facts.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import type { HostOfWay } from './look-at-hosts.ts'
import { onHosts } from './on-hosts.ts'
import { openFolder } from './prepare-folder.ts'

export interface PrepareOptions {
  readonly upgrade: ClusterUpgrade
  readonly releases: Releases
  readonly inventory?: string
  /** Only these nodes. */
  readonly names?: readonly string[]
  /** Of this machine: packages, archives of images and files of releases are sent from it. */
  readonly fromFolder?: string
  /** Prints what is needed, and fetches nothing. */
  readonly list: boolean
  readonly format: 'table' | 'json' | 'yaml'
  /** Hosts that fetch at a time. */
  readonly most: number
}

/** Steps run by themselves on their host, and each question about them takes a second; a host that takes so long has something that hangs. */
const limitSeconds = 120

/** Which versions each node comes to. */
interface Way {
  readonly hops: ReadonlyMap<string, readonly string[]>
  readonly controlPlane: ReadonlySet<string>
}

/**
 * Brings what all hops of an upgrade need to its hosts, or lists it. Nothing is created in the cluster. Throws FK_UPGRADE_REFUSED where there is no way to
 * the version, FK_BAD_SETTING, FK_INVENTORY, and what the API does.
 */
export async function runPrepare(client: ApiClient, options: PrepareOptions, ports: CommandPorts): Promise<ExitCode> {
  const way = await foreseeWay(client, options, ports)
  const { items } = await listAll(client.transport, nodeResource, { trim: nodeOverview })
  const chosen = chosenNodes(items, options.names).filter(({ name }) => way.hops.has(name))
  if (chosen.length === 0) {
    ports.warn(
      `nothing is to be prepared: ${options.names === undefined ? 'all nodes run' : 'these nodes run'} ${options.upgrade.spec.version} already`,
    )
    return exitCodes.Done
  }
  const folder = options.fromFolder === undefined ? undefined : await openFolder(options.fromFolder)
  const inventory = await readInventory(options.inventory)
  const { problems } = mergeInventory(
    inventory,
    items,
    chosen.map(({ name }) => name),
  )
  if (problems.length > 0) throw inventoryError(options.inventory, problems)
  const hosts = inventoryHosts(inventory, { limitSeconds })
  const end = () => void hosts.close()
  ports.signal.addEventListener('abort', end)
  try {
    const ofWay = chosen.toSorted((a, b) => orderOf(a.name, way) - orderOf(b.name, way)).map((node) => hostOfWay(node, way, hosts))
    const sources = { place: options.fromFolder ?? inventory.binaries, folder, folders: folder?.folders ?? hosts.releases }
    return await onHosts(client, ofWay, { ...options, ...sources }, ports)
  } finally {
    ports.signal.removeEventListener('abort', end)
    await hosts.close()
  }
}

async function foreseeWay(client: ApiClient, { upgrade, releases }: PrepareOptions, { warn }: CommandPorts): Promise<Way> {
  const { facts } = await readClusterFacts(client, upgrade, { namespace: 'system-upgrade', releases })
  const { nodes: turns, end } = foreseeUpgrade(undisturbed(facts), client.clock.now())
  const later = end.message ?? end.phase ?? 'nobody knows'
  if (turns.length === 0 && end.phase !== 'Complete') throw new FalkirkError('FK_UPGRADE_REFUSED', later)
  if (end.phase !== 'Complete') warn(`what comes after ${turns.at(-1)?.to} is not known yet: ${later}`)
  return { hops: hopsByNode(turns), controlPlane: new Set(facts.nodes.filter(isControlPlane).map(({ name }) => name)) }
}

/** What is under way, by whomever, and nodes that are not well hold an upgrade back, and nothing that only fetches. */
function undisturbed(facts: UpgradeFacts): UpgradeFacts {
  const nodes = facts.nodes.map(({ run: _, ...node }) => ({ ...node, ready: true, unschedulable: false }))
  return { ...facts, nodes, others: [], plansAtWork: [] }
}

/** As the upgrade comes to them. */
function orderOf(name: string, { hops }: Way): number {
  return [...hops.keys()].indexOf(name)
}

function hostOfWay(node: ReturnType<typeof nodeOverview>, { hops, controlPlane }: Way, hosts: InventoryHosts): HostOfWay {
  const { name } = node
  return { node, host: hosts.of(node), versions: hops.get(name) ?? [], isControlPlane: controlPlane.has(name) }
}
