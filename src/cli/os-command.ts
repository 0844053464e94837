import { Command } from 'commander'
import { changeOptions } from './host-changes/change-options.ts'
import { type RunFlags, runHostChanges } from './host-changes/run-host-changes.ts'
import { type OsFlags, wishedPackages } from './host-changes/wished-changes.ts'
import { onCluster } from './upgrade/command-action.ts'

/** `falkirk os`: the operating systems of the hosts. */
export function osCommand(): Command {
  const command = new Command('os').description("upgrade packages of the hosts' operating systems")
  const upgrade = new Command('upgrade')
    .description('upgrade packages and reboot where that is required, one drain a node (docs/os.md)')
    .option('--security', 'fixes of security alone')
    .option('--no-packages', 'no packages: the reboot alone')
    .option('--reboot <when>', 'Never, IfRequired or Always (IfRequired)')
  const flagged = changeOptions(upgrade).action((flags: RunFlags & OsFlags) =>
    onCluster(flags, (client, ports) => runHostChanges(client, { flags, wishedBy: (now) => wishedPackages(flags, now) }, ports)),
  )
  return command.addCommand(flagged)
}
