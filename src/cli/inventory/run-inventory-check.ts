import { listAll } from '../../cluster/list-all.ts'
import { nodes } from '../../cluster/resource.ts'
import { mergeInventory } from '../../core/inventory/merge-inventory.ts'
import { nodeMachine } from '../../core/inventory/node-machine.ts'
import { sshConnections } from '../../node/ssh/ssh-connections.ts'
import { sshHost } from '../../node/ssh/ssh-host.ts'
import { withCluster } from '../upgrade/cluster.ts'
import { type ExitCode, exitCodes } from '../upgrade/exit-code.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import { yamlText } from '../yaml-text.ts'
import { type CheckedHost, checkInventory } from './check-inventory.ts'
import { type InventoryFlags, type InventoryWish, inventoryWish } from './inventory-flags.ts'
import { inventorySummary, inventoryTable } from './inventory-table.ts'
import { inventoryError, readInventory } from './read-inventory.ts'

/** Checks the hosts of a cluster, prints what is found, and gives the exit code. Throws FK_INVENTORY, FK_BAD_SETTING and what the API does. */
export async function runInventoryCheck(flags: InventoryFlags, ports: CommandPorts): Promise<ExitCode> {
  const wish = inventoryWish(flags)
  const inventory = await readInventory(flags.file)
  const machines = flags.cluster === false ? undefined : await clusterMachines(flags)
  const { entries, problems } = mergeInventory(inventory, machines, wish.only)
  if (problems.length > 0) throw inventoryError(flags.file, problems)
  if (entries.length === 0 && machines === undefined)
    throw inventoryError(flags.file, ['it names no host: write hosts: and below it the names of nodes'])
  const { sshConfig } = inventory
  const connections = sshConnections(sshConfig === undefined ? {} : { sshConfig })
  const end = () => void connections.close()
  ports.signal.addEventListener('abort', end)
  try {
    const hosts = await checkInventory(entries, {
      hostOf: (entry) => sshHost(entry, connections),
      ...(machines === undefined ? {} : { nodes: new Map(machines.map((machine) => [machine.name, machine])) }),
      most: wish.most,
      now: ports.now,
      onAsked: progress(entries.length, ports),
    })
    if (ports.signal.aborted) return exitCodes.Interrupted
    ports.write(`${shown(hosts, wish, ports)}\n`)
    return hosts.every(({ findings }) => findings.length === 0) ? exitCodes.Done : exitCodes.Failed
  } finally {
    ports.signal.removeEventListener('abort', end)
    await connections.close()
  }
}

async function clusterMachines(flags: InventoryFlags): Promise<readonly ReturnType<typeof nodeMachine>[]> {
  return await withCluster(flags, async ({ transport }) => (await listAll(transport, nodes, { trim: nodeMachine })).items)
}

/** `ESC [ K`: clear what stands behind. Source: ECMA-48. */
const clear = '\r\u001b[K'

/** On a terminal, a line that is written anew and gone at the end. */
function progress(all: number, { size, write }: CommandPorts): (asked: number) => void {
  return (asked) => {
    if (size() !== undefined) write(asked === all ? clear : `${clear}${asked} of ${all} hosts have answered`)
  }
}

function shown(hosts: readonly CheckedHost[], { output }: InventoryWish, { size }: CommandPorts): string {
  if (output === 'table') return `${inventoryTable(hosts, size()?.columns)}\n\n${inventorySummary(hosts)}`
  const data = {
    hosts: hosts.map(({ entry: { name, address, port }, findings }) => ({
      node: name,
      address,
      ...(port === undefined ? {} : { port }),
      ok: findings.length === 0,
      findings,
    })),
  }
  return output === 'json' ? JSON.stringify(data, null, 2) : yamlText(data).trimEnd()
}
