import { Command } from 'commander'
import { runControllerProcess } from './controller-command.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster, withExitCodes } from './upgrade/command-action.ts'
import { exitCodes } from './upgrade/exit-code.ts'
import { ensureJobNamespace } from './upgrade/job-namespace.ts'

type RunFlags = ClusterFlags & {
  readonly namespace: string
  readonly name: string
  readonly debug?: true
  readonly listen: string
  readonly releases?: string
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
    .option('--debug', 'log what is decided')
    .action(run)
}

async function run(flags: RunFlags): Promise<void> {
  await onCluster(flags, async (client, { warn }) => {
    if (await ensureJobNamespace(client, flags.namespace)) warn(`namespace ${flags.namespace} created`)
    return exitCodes.Done
  })
  if (process.exitCode === exitCodes.Done) await runControllerProcess({ ...flags, leaderElect: true })
}
