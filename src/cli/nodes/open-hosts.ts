import type { NodeAddress } from '../../core/inventory/merge-inventory.ts'
import { mergeInventory } from '../../core/inventory/merge-inventory.ts'
import { sshConnections } from '../../node/ssh/ssh-connections.ts'
import { sshHost } from '../../node/ssh/ssh-host.ts'
import { inventoryError, readInventory } from '../inventory/read-inventory.ts'
import type { OpenHosts } from './run-nodes.ts'

/** A look takes a second or two; a host that takes a minute has something that hangs. */
const limitSeconds = 60

/**
 * Hosts over SSH as the inventory and the cluster say; opens no connection yet. Throws FK_INVENTORY.
 *
 * @param nodes all of the cluster
 * @param names those that are looked at
 */
export async function openHosts(file: string | undefined, nodes: readonly NodeAddress[], names: readonly string[]): Promise<OpenHosts> {
  const inventory = await readInventory(file)
  const { entries, problems } = mergeInventory(inventory, nodes, names)
  if (problems.length > 0) throw inventoryError(file, problems)
  const { sshConfig } = inventory
  const connections = sshConnections({ times: { limitSeconds }, ...(sshConfig === undefined ? {} : { sshConfig }) })
  const byName = new Map(entries.map((entry) => [entry.name, sshHost(entry, connections)]))
  return {
    of: (name) => {
      const host = byName.get(name)
      if (host === undefined) throw new Error(`the inventory has lost ${name}`)
      return host
    },
    close: () => connections.close(),
  }
}
