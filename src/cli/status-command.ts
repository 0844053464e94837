import { Command } from 'commander'
import { runStatus } from './run-status.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster, withExitCodes } from './upgrade/command-action.ts'
import { type FollowFlags, followOptions, lostAfterOf, outputOf } from './upgrade/flags.ts'

/** `falkirk status`: where a run is, what it waits for, since when, and what fixes it. */
export function statusCommand(): Command {
  const command = new Command('status')
    .description('show where a ClusterUpgrade is, what it waits for and what fixes it')
    .argument('[name]', 'the only one that has not ended, or the newest, when left out')
  return withExitCodes(followOptions(clusterOptions(command), ['json', 'yaml']))
    .option('-w, --watch', 'go on until it is done, paused or stopped')
    .action((name: string | undefined, flags: ClusterFlags & FollowFlags & { readonly watch?: true }) =>
      onCluster(flags, async (client, ports) => {
        const output = outputOf(flags, ['text', 'json', 'yaml'])
        return await runStatus(client, { name, watch: flags.watch === true, output, lostAfterMs: lostAfterOf(flags) }, ports)
      }),
    )
}
