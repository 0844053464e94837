import { Command } from 'commander'
import type { ApiClient } from '../cluster/api-client.ts'
import { bad } from './flag-values.ts'
import { readReleases } from './read-releases.ts'
import { readWish, runUpgrade, type UpgradeOptions } from './run-upgrade.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster, withExitCodes } from './upgrade/command-action.ts'
import { dryRun } from './upgrade/dry-run.ts'
import { withExactTarget } from './upgrade/exact-target.ts'
import { type FollowFlags, followOptions, lostAfterOf, outputOf, wishOptions } from './upgrade/flags.ts'
import { upgradeOverSsh } from './upgrade/over-ssh.ts'
import { warnOfOneMember } from './upgrade/own-way.ts'
import type { CommandPorts } from './upgrade/terminal.ts'
import type { WishFlags } from './upgrade/wished-upgrade.ts'

type UpgradeFlags = WishFlags &
  ClusterFlags &
  FollowFlags & { readonly namespace: string; readonly inventory?: string; readonly dryRun?: true }

/** `falkirk upgrade`: creates a ClusterUpgrade and follows it until it ends. */
export function upgradeCommand(): Command {
  const command = new Command('upgrade').description('bring the cluster to a version, and follow it live (Ctrl-C leaves it running)')
  return withExitCodes(followOptions(clusterOptions(wishOptions(command)), ['json']))
    .option('--inventory <file>', 'with --via ssh: how hosts are reached (docs/inventory.md)')
    .option('--dry-run', 'print what would be done, with --via ssh every command on each host; change nothing')
    .option('--namespace <namespace>', 'where the controller makes its Jobs', 'system-upgrade')
    .action((flags: UpgradeFlags) => onCluster(flags, (client, ports, onlyServer) => upgrade(flags, client, { ...ports, onlyServer })))
}

async function upgrade(given: UpgradeFlags, client: ApiClient, ports: CommandPorts & { readonly onlyServer: string | undefined }) {
  const view = outputOf(given, ['text', 'json']) === 'json' ? 'Json' : 'Text'
  const releases = await readReleases(given.releases ?? process.env.FALKIRK_RELEASES)
  const flags = await withExactTarget(client, given, { releases, warn: ports.warn })
  const wish = await readWish(flags)
  const { inventory, namespace } = flags
  const isOverSsh = wish.upgrade.spec.node?.via === 'SSH'
  if (inventory !== undefined && !isOverSsh) throw bad('--inventory says how hosts are reached, and none is: add --via ssh')
  if (flags.dryRun) return await dryRun(client, { wish, releases, namespace, ...(inventory && { inventory }) }, ports)
  const options: UpgradeOptions = { wish, view, lostAfterMs: lostAfterOf(flags), namespace, releases }
  if (isOverSsh) await warnOfOneMember(client, ports.onlyServer, ports.warn)
  return isOverSsh ? await upgradeOverSsh(client, { ...options, flags }, ports) : await runUpgrade(client, options, ports)
}
