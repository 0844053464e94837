import { Command } from 'commander'
import { readReleases } from './read-releases.ts'
import { readWish, runUpgrade } from './run-upgrade.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster, withExitCodes } from './upgrade/command-action.ts'
import { type FollowFlags, followOptions, lostAfterOf, outputOf, wishOptions } from './upgrade/flags.ts'
import type { WishFlags } from './upgrade/wished-upgrade.ts'

/** `falkirk upgrade`: creates a ClusterUpgrade and follows it until it ends. */
export function upgradeCommand(): Command {
  const command = new Command('upgrade').description('bring the cluster to a version, and follow it live (Ctrl-C leaves it running)')
  return withExitCodes(followOptions(clusterOptions(wishOptions(command)), ['json']))
    .option('--namespace <namespace>', 'where the controller makes its Jobs', 'system-upgrade')
    .action((flags: WishFlags & ClusterFlags & FollowFlags & { readonly namespace: string }) =>
      onCluster(flags, async (client, ports) => {
        const view = outputOf(flags, ['text', 'json']) === 'json' ? 'Json' : 'Text'
        const [wish, releases] = [await readWish(flags), await readReleases(flags.releases ?? process.env.FALKIRK_RELEASES)]
        return await runUpgrade(client, { wish, view, lostAfterMs: lostAfterOf(flags), namespace: flags.namespace, releases }, ports)
      }),
    )
}
