import { resolve } from 'node:path'
import { Command } from 'commander'
import type { ApiClient } from '../cluster/api-client.ts'
import { bad, wholeNumber } from './flag-values.ts'
import { namesOf } from './nodes/nodes-flags.ts'
import { runPrepare } from './prepare/run-prepare.ts'
import { readReleases } from './read-releases.ts'
import { readWish } from './run-upgrade.ts'
import { type ClusterFlags, clusterOptions } from './upgrade/cluster.ts'
import { onCluster } from './upgrade/command-action.ts'
import { withExactTarget } from './upgrade/exact-target.ts'
import type { ExitCode } from './upgrade/exit-code.ts'
import { outputOf } from './upgrade/flags.ts'
import type { CommandPorts } from './upgrade/terminal.ts'
import type { WishFlags } from './upgrade/wished-upgrade.ts'

type PrepareFlags = ClusterFlags &
  Pick<WishFlags, 'to' | 'file' | 'workers' | 'releases'> & {
    readonly inventory?: string
    readonly nodes?: string
    readonly fromFolder?: string
    readonly list?: true
    readonly output?: string
    readonly concurrency: string
  }

/** `falkirk prepare`: what all hops of an upgrade need is brought to the hosts beforehand. */
export function prepareCommand(): Command {
  const command = new Command('prepare').description(
    'bring packages, images and files of all hops to the hosts beforehand; nothing that runs is disturbed',
  )
  return clusterOptions(command)
    .option('--to <version>', 'version that the cluster is to go to, such as v1.34.2+k3s1, or v1.34: its last one')
    .option('-f, --file <file>', 'a ClusterUpgrade in YAML; - is standard input')
    .option('--inventory <file>', 'how hosts are reached (docs/inventory.md)')
    .option('--nodes <names>', 'only the hosts of these nodes: cp-1,worker-1')
    .option('--workers <pace>', 'Lazy: nodes skip hops within skew; EveryHop: they do not (Lazy)')
    .option('--from-folder <folder>', 'send packages, archives of images and files of releases from a folder of this machine')
    .option('--list', 'only print what is needed, and what of it is there; change nothing')
    .option('--concurrency <count>', 'how many hosts fetch at a time', '10')
    .option('-o, --output <format>', 'json: events for programs; with --list json or yaml')
    .option('--releases <file>', 'release data that are laid over those of this program (FALKIRK_RELEASES)')
    .addHelpText(
      'after',
      `
Exit codes: 0 all is there (with --list: each host was looked at), 1 not so on some hosts,
2 refused or not understood, 5 the API server does not answer, 130 Ctrl-C.`,
    )
    .action((flags: PrepareFlags) => onCluster(flags, (client, ports) => prepare(flags, client, ports)))
}

async function prepare(given: PrepareFlags, client: ApiClient, ports: CommandPorts): Promise<ExitCode> {
  const releases = await readReleases(given.releases ?? process.env.FALKIRK_RELEASES)
  const flags = await withExactTarget(client, given, { releases, warn: ports.warn })
  const { nodes, list, inventory, fromFolder, output, concurrency, to, file, workers } = flags
  const wish = await readWish({ via: 'SSH', ...(to && { to }), ...(file && { file }), ...(workers && { workers }) })
  if (list !== true && output === 'yaml') throw bad('--output is "yaml": that is for --list; write json for events')
  const format = outputOf({ output: output ?? 'table' }, ['table', 'json', 'yaml'])
  const options = {
    upgrade: wish.upgrade,
    releases,
    format,
    most: wholeNumber('--concurrency', concurrency, { least: 1, most: 200 }),
    ...(inventory === undefined ? {} : { inventory }),
    ...(fromFolder === undefined ? {} : { fromFolder: resolve(fromFolder) }),
    ...(nodes === undefined ? {} : { names: namesOf(nodes) }),
  }
  return await runPrepare(client, { ...options, list: list === true }, ports)
}
