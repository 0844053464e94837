import type { Inventory } from '../../core/inventory/inventory.ts'
import { mergeInventory, type NodeAddress } from '../../core/inventory/merge-inventory.ts'
import { isAddress, releaseTemplate } from '../../core/recipe/release-files.ts'
import { type ReleaseFolder, releaseFolder } from '../release-folder.ts'
import { HostFault } from './host-fault.ts'
import { type SshOptions, sshConnections } from './ssh-connections.ts'
import { type SshHost, sshHost } from './ssh-host.ts'

/** Hosts of a cluster whose nodes come and go while it is worked on. */
export interface InventoryHosts {
  /** Connects when something is to be run; a connection of its own each time. @throws HostFault for a node without an address */
  of(node: NodeAddress): SshHost
  /** Files of releases on this machine, where the inventory names a folder; `layout`: below it, unless it says so itself. */
  releases(layout: string): ReleaseFolder | undefined
  /** Ends all connections. */
  close(): Promise<void>
}

/** Hosts over SSH as an inventory says; what it leaves open is as the cluster and ssh_config say. Opens nothing yet. */
export function inventoryHosts(inventory: Inventory, times: SshOptions['times'] = {}): InventoryHosts {
  const { sshConfig, defaults, hosts, binaries } = inventory
  const connections = sshConnections({ times, ...(sshConfig === undefined ? {} : { sshConfig }) })
  const folders = new Map<string, ReleaseFolder>()
  return {
    of: (node) => {
      const own = hosts[node.name]
      const { entries, problems } = mergeInventory({ defaults, hosts: own === undefined ? {} : { [node.name]: own } }, [node])
      const [entry] = entries
      if (entry === undefined) throw new HostFault('BadSetup', problems[0] ?? `${node.name} is not in the inventory`)
      return sshHost(entry, connections)
    },
    releases: (layout) => {
      if (binaries === undefined || isAddress(binaries)) return undefined
      const template = releaseTemplate(binaries, layout)
      const folder = folders.get(template) ?? releaseFolder(template)
      folders.set(template, folder)
      return folder
    },
    close: () => connections.close(),
  }
}
