import { Command } from 'commander'
import { changeRun } from './upgrade/change-run.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster, withExitCodes } from './upgrade/command-action.ts'
import { exitCodes } from './upgrade/exit-code.ts'

/** `falkirk continue`: go on after a pause, a stop or a failure. */
export function continueCommand(): Command {
  const command = new Command('continue')
    .description('go on after a pause, a stop or a failure')
    .argument('[name]', 'the only ClusterUpgrade that has not ended, when left out')
  return withExitCodes(clusterOptions(command)).action((name: string | undefined, flags: ClusterFlags) =>
    onCluster(flags, async (client, { write }) => {
      write(`${await changeRun(client, name, 'Continue')}\n`)
      return exitCodes.Done
    }),
  )
}
