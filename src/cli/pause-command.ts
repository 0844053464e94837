import { Command } from 'commander'
import { changeRun } from './upgrade/change-run.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster, withExitCodes } from './upgrade/command-action.ts'
import { exitCodes } from './upgrade/exit-code.ts'

/** `falkirk pause`: start no further batch; started nodes finish. */
export function pauseCommand(): Command {
  const command = new Command('pause')
    .description('start no further batch; started nodes finish')
    .argument('[name]', 'the only ClusterUpgrade that has not ended, when left out')
  return withExitCodes(clusterOptions(command)).action((name: string | undefined, flags: ClusterFlags) =>
    onCluster(flags, async (client, { write }) => {
      write(`${await changeRun(client, name, 'Pause')}\n`)
      return exitCodes.Done
    }),
  )
}
