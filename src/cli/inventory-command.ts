import { Command } from 'commander'
import type { InventoryFlags } from './inventory/inventory-flags.ts'
import { runInventoryCheck } from './inventory/run-inventory-check.ts'
import { clusterOptions } from './upgrade/cluster.ts'
import { atCommand } from './upgrade/command-action.ts'

/** `falkirk inventory`: how the hosts of a cluster are reached over SSH. */
export function inventoryCommand(): Command {
  const command = new Command('inventory').description('check how the hosts of a cluster are reached over SSH')
  command.addCommand(
    clusterOptions(new Command('check').description('log in on each host and say whether it is the right one and can be worked on'))
      .option('-f, --file <file>', 'the inventory: addresses, users, ports, bastions (docs/inventory.md)')
      .option('--nodes <names>', 'only these: worker-1,worker-2')
      .option('--no-cluster', 'the hosts of the file; no cluster is asked whether they are its nodes')
      .option('--concurrency <count>', 'how many hosts are asked at a time (20)')
      .option('-o, --output <format>', 'table, json or yaml (table)')
      .addHelpText(
        'after',
        '\nExit codes: 0 all hosts are well, 1 some are not, 2 refused or not understood,\n5 the API server does not answer, 130 Ctrl-C.',
      )
      .action((flags: InventoryFlags) => atCommand(flags, (ports) => runInventoryCheck(flags, ports))),
  )
  return command
}
