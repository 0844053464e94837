import { Command } from 'commander'
import { changeRun } from './upgrade/change-run.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster, withExitCodes } from './upgrade/command-action.ts'
import { exitCodes } from './upgrade/exit-code.ts'

/** `falkirk cancel`: start no further node; started nodes finish, the others stay as they are. */
export function cancelCommand(): Command {
  const command = new Command('cancel')
    .description('start no further node; started nodes finish, the others stay as they are')
    .argument('[name]', 'the only ClusterUpgrade that has not ended, when left out')
  return withExitCodes(clusterOptions(command)).action((name: string | undefined, flags: ClusterFlags) =>
    onCluster(flags, async (client, { write }) => {
      write(`${await changeRun(client, name, 'Cancel')}\n`)
      return exitCodes.Done
    }),
  )
}
