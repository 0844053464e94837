import { type InventoryHosts, inventoryHosts } from '../../node/ssh/inventory-hosts.ts'
import { readInventory } from './read-inventory.ts'

/** Hosts as the file says, for a controller: whether each of them can be reached is seen when it is worked on. Throws FK_INVENTORY. */
export async function openInventory(file: string | undefined): Promise<InventoryHosts> {
  return inventoryHosts(await readInventory(file))
}
