import { Command } from 'commander'
import { readReleases } from './read-releases.ts'
import { runPlan } from './run-plan.ts'
import { readWish } from './run-upgrade.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster, withExitCodes } from './upgrade/command-action.ts'
import { withExactTarget } from './upgrade/exact-target.ts'
import { outputOf, wishOptions } from './upgrade/flags.ts'
import type { WishFlags } from './upgrade/wished-upgrade.ts'

/** `falkirk plan`: what an upgrade would do on this cluster now, node by node, and why; changes nothing. */
export function planCommand(): Command {
  const command = new Command('plan').description('print what an upgrade would do on this cluster now, node by node; changes nothing')
  return withExitCodes(clusterOptions(wishOptions(command)))
    .option('-o, --output <format>', 'json or yaml: for programs')
    .option('--namespace <namespace>', 'where the controller makes its Jobs', 'system-upgrade')
    .action((flags: WishFlags & ClusterFlags & { readonly output?: string; readonly namespace: string }) =>
      onCluster(flags, async (client, ports) => {
        const output = outputOf(flags, ['text', 'json', 'yaml'])
        const releases = await readReleases(flags.releases ?? process.env.FALKIRK_RELEASES)
        const wish = await readWish(await withExactTarget(client, flags, { releases, warn: ports.warn }))
        return await runPlan(client, { wish, output, namespace: flags.namespace, releases }, ports)
      }),
    )
}
