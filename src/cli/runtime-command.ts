import { Command } from 'commander'
import { changeOptions } from './host-changes/change-options.ts'
import { type RunFlags, runHostChanges } from './host-changes/run-host-changes.ts'
import { type RuntimeFlags, wishedRuntime } from './host-changes/wished-changes.ts'
import { onCluster } from './upgrade/command-action.ts'

type SwitchFlags = RunFlags & Omit<RuntimeFlags, 'containerd'> & { readonly version?: string }

/** `falkirk runtime`: what runs the containers of the hosts. */
export function runtimeCommand(): Command {
  const command = new Command('runtime').description('change the container runtime of the hosts')
  const change = new Command('switch')
    .description('move nodes from docker to containerd, or to another version of it, one drain a node (docs/runtime.md)')
    .option('--to <runtime>', 'containerd')
    .option('--version <version>', 'at least this version of it, such as 1.7.28 (any)')
    .option(
      '--reformat-disk <device>',
      'the disk that docker has for itself, such as /dev/vg0/docker: ALL ON IT IS LOST, and containerd gets it (no disk is touched)',
    )
  const flagged = changeOptions(change).action(({ version, ...flags }: SwitchFlags) =>
    onCluster(flags, (client, ports) => {
      const asked = version === undefined ? flags : { ...flags, containerd: version }
      return runHostChanges(client, { flags, wishedBy: (now) => wishedRuntime(asked, now) }, ports)
    }),
  )
  return command.addCommand(flagged)
}
