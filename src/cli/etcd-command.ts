import { Command } from 'commander'
import type { EtcdFlags } from './etcd/etcd-flags.ts'
import { type EtcdBackupFlags, runEtcdBackup } from './etcd/run-etcd-backup.ts'
import { type EtcdStatusFlags, runEtcdStatus } from './etcd/run-etcd-status.ts'
import { runRestoreCheck } from './etcd/run-restore-check.ts'
import { type EtcdUpgradeFlags, runUpgradeEtcd } from './etcd/run-upgrade-etcd.ts'
import { atCommand } from './upgrade/command-action.ts'

/** `falkirk etcd`: an etcd on hosts of its own. */
export function etcdCommand(): Command {
  const command = new Command('etcd').description('look at, back up and upgrade an etcd on hosts of its own')
  command.addCommand(
    onHosts('status', 'show each member, and what has to be mended; changes nothing')
      .option('-o, --output <format>', 'table, json or yaml (table)')
      .option('--stores', 'compare the member lists of both stores, by a snapshot that is not kept')
      .addHelpText('after', '\nExit codes: 0 all is well, 1 not so, 2 not understood, 130 Ctrl-C.')
      .action((flags: EtcdStatusFlags) => atCommand({}, (ports) => runEtcdStatus(flags, ports))),
  )
  command.addCommand(
    onHosts('backup', 'take a snapshot from a follower, check it, and bring it here')
      .option('--to <folder>', 'where it goes on this machine')
      .addHelpText('after', '\nExit codes: 0 it is here, 1 it could not be taken, 2 refused or not understood, 130 Ctrl-C.')
      .action((flags: EtcdBackupFlags) => atCommand({}, (ports) => runEtcdBackup(flags, ports))),
  )
  command.addCommand(
    onHosts('restore-check', 'restore a snapshot into an etcd of its own, compare it, and remove that again')
      .argument('<file>', 'the snapshot, on this machine')
      .addHelpText('after', '\nExit codes: 0 it is whole, 1 not so, 2 refused or not understood, 130 Ctrl-C.')
      .action((file: string, flags: EtcdFlags) => atCommand({}, (ports) => runRestoreCheck(file, flags, ports))),
  )
  command.addCommand(
    onHosts('upgrade', 'take all members to a version, one at a time, the leader last')
      .option('--to <version>', 'the version of etcd that is wanted')
      .option('--binaries <folder>', 'where etcd is no package: a folder for each version, 3.5.26/etcd')
      .option('--backup-to <folder>', 'where snapshots go on this machine (etcd-backups)')
      .option('--dry-run', 'print each command with its host; run nothing')
      .addHelpText('after', '\nExit codes: 0 all members are there, 1 stopped, 2 refused or not understood, 130 Ctrl-C.')
      .action((flags: EtcdUpgradeFlags) => atCommand({}, (ports) => runUpgradeEtcd(flags, ports))),
  )
  return command
}

function onHosts(name: string, description: string): Command {
  return new Command(name).description(description).option('--inventory <file>', 'the hosts of etcd, below etcd.hosts (docs/inventory.md)')
}
