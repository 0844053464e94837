import { Command } from 'commander'
import { systemClock } from '../cluster/clock.ts'
import type { InventoryHosts } from '../node/ssh/inventory-hosts.ts'
import { runControllerProcess } from './controller-command.ts'
import { openInventory } from './inventory/open-inventory.ts'
import { type ClusterFlags, clusterOptions, withCluster } from './upgrade/cluster.ts'
import { atCommand, withExitCodes } from './upgrade/command-action.ts'
import { exitCodes } from './upgrade/exit-code.ts'
import { ensureJobNamespace, untilJobNamespace } from './upgrade/job-namespace.ts'
import { warnOfOneMember } from './upgrade/own-way.ts'

type RunFlags = ClusterFlags & {
  readonly namespace: string
  readonly name: string
  readonly debug?: true
  readonly listen: string
  readonly releases?: string
  readonly inventory?: string
}

/**
 * `falkirk run`: the controller in the foreground, outside of the cluster. It shares the Lease with one inside: whoever has it works, and each takes
 * over from the other.
 */
export function runCommand(): Command {
  const command = new Command('run').description('run the controller here, in the foreground, for the cluster of a kubeconfig')
  return withExitCodes(clusterOptions(command))
    .option('--namespace <namespace>', 'where Jobs are made, and whose Plans are served; made when it is missing', 'system-upgrade')
    .option('--name <name>', 'name of the Lease that it shares with a controller in the cluster', 'system-upgrade-controller')
    .option('--listen <address>', 'host:port of /healthz, /readyz and /metrics', '')
    .option('--releases <file>', 'release data that are laid over those of this program (FALKIRK_RELEASES)')
    .option('--inventory <file>', 'reach hosts over SSH, as runs with spec.node.via SSH need it (docs/inventory.md)')
    .option('--debug', 'log what is decided')
    .action(run)
}

async function run({ inventory, ...flags }: RunFlags): Promise<void> {
  let hosts: InventoryHosts | undefined
  await atCommand(flags, async (ports) => {
    if (inventory !== undefined) hosts = await openInventory(inventory)
    const ensure = () =>
      withCluster(flags, async (client, onlyServer) => {
        if (inventory !== undefined) await warnOfOneMember(client, onlyServer, ports.warn)
        return await ensureJobNamespace(client, flags.namespace)
      })
    const { warn, signal, random } = ports
    const isNew = await untilJobNamespace(ensure, { warn, signal, random, clock: systemClock })
    if (isNew === undefined) return exitCodes.Interrupted
    if (isNew) warn(`namespace ${flags.namespace} created`)
    return exitCodes.Done
  })
  try {
    if (process.exitCode === exitCodes.Done)
      await runControllerProcess({ ...flags, leaderElect: true }, { ...(hosts === undefined ? {} : { hosts }), standsAgain: true })
  } finally {
    await hosts?.close()
  }
}
