import type { Command } from 'commander'
import { clusterOptions } from '../upgrade/cluster.ts'
import { withExitCodes } from '../upgrade/command-action.ts'
import { followOptions } from '../upgrade/flags.ts'

/** Flags of commands that change hosts by a run. */
export function changeOptions(command: Command): Command {
  const flagged = command
    .option('--nodes <names>', 'only these nodes, of the control plane too: cp-1,worker-1')
    .option('--inventory <file>', 'how hosts are reached (docs/inventory.md)')
    .option('--max <count>', 'the most nodes of a batch (10)')
    .option('--dry-run', 'print every command on each host; change nothing')
    .option('--name <name>', 'name of the ClusterUpgrade (the kind and the time)')
    .option('--namespace <namespace>', 'where the controller has its Lease', 'system-upgrade')
  return withExitCodes(followOptions(clusterOptions(flagged), ['json']))
}
