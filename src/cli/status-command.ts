import { Command } from 'commander'
import { runStatus } from './run-status.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster, withExitCodes } from './upgrade/command-action.ts'
import { type FollowFlags, followOptions, lostAfterOf, outputOf } from './upgrade/flags.ts'

interface StatusFlags extends FollowFlags {
  readonly watch?: true
}

/** Events that go on are lines of JSON, whatever else can be asked for. Throws FK_BAD_SETTING. */
export function statusOutput(flags: StatusFlags): 'text' | 'json' | 'yaml' {
  return outputOf(flags, flags.watch ? ['text', 'json'] : ['text', 'json', 'yaml'])
}

/** `falkirk status`: where a run is, what it waits for, since when, and what fixes it. */
export function statusCommand(): Command {
  const command = new Command('status')
    .description('show where a ClusterUpgrade is, what it waits for and what fixes it')
    .argument('[name]', 'the only one that has not ended, or the newest, when left out')
  return withExitCodes(followOptions(clusterOptions(command), ['json', 'yaml']))
    .option('-w, --watch', 'go on until it is done, paused or stopped')
    .action((name: string | undefined, flags: ClusterFlags & StatusFlags) =>
      onCluster(flags, async (client, ports) => {
        const output = statusOutput(flags)
        return await runStatus(client, { name, watch: flags.watch === true, output, lostAfterMs: lostAfterOf(flags) }, ports)
      }),
    )
}
