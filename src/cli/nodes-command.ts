import { Command } from 'commander'
import type { NodesFlags } from './nodes/nodes-flags.ts'
import { nodesSettings } from './nodes/nodes-flags.ts'
import { openHosts } from './nodes/open-hosts.ts'
import { runNodes } from './nodes/run-nodes.ts'
import { readReleases } from './read-releases.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster } from './upgrade/command-action.ts'
import { withExactTarget } from './upgrade/exact-target.ts'

/** `falkirk nodes`: the nodes of a cluster, beside what is on their hosts. */
export function nodesCommand(): Command {
  const command = new Command('nodes').description('show what is on each host, and what an upgrade would meet there; changes nothing')
  return clusterOptions(command)
    .option('--via <how>', 'ssh: look at the hosts (no host is looked at)')
    .option('--inventory <file>', 'how hosts are reached: addresses, users, ports, bastions (docs/inventory.md)')
    .option('--nodes <names>', 'only these: worker-1,worker-2')
    .option('--to <version>', 'the version that the cluster is to go to')
    .option('-o, --output <format>', 'table, wide, json or yaml (table)')
    .addHelpText(
      'after',
      `
Exit codes: 0 each host was looked at and, with --to, nothing blocks the way;
1 not so, 2 refused or not understood, 5 the API server does not answer, 130 Ctrl-C.`,
    )
    .action((flags: NodesFlags & ClusterFlags) =>
      onCluster(flags, async (client, ports) => {
        const releases = await readReleases(process.env.FALKIRK_RELEASES)
        const settings = nodesSettings(await withExactTarget(client, flags, { releases, warn: ports.warn }))
        return await runNodes(client, settings, { ...ports, openHosts: (all, names) => openHosts(settings.ssh?.inventory, all, names) })
      }),
    )
}
