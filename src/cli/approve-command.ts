import { Command } from 'commander'
import { FalkirkError } from '../core/falkirk-error.ts'

/** `falkirk approve`: a word that people know from other tools. Nothing waits for an approval, so it says what to do instead. */
export function approveCommand(): Command {
  return new Command('approve')
    .argument('[name]')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw new FalkirkError(
        'FK_UPGRADE_REFUSED',
        'no ClusterUpgrade waits for an approval: look at falkirk plan before, or let a run stop with --stop-after and go on with falkirk continue',
      )
    })
}
