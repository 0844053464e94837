import { Command } from 'commander'
import type { PathFlags } from './path-flags.ts'
import { runPath } from './run-path.ts'

/** `falkirk path`: prints the hops from one version to another; asks no cluster. */
export function pathCommand(): Command {
  return new Command('path')
    .description('print the hops from one version to another, and what nodes must do at each')
    .option('--from <versions>', 'what the control plane runs; several with commas when half-way')
    .option('--to <version>', 'where to go: v1.34.2+k3s1, or v1.34 for its last patch')
    .option('--nodes <versions>', 'what nodes run, when that is not what the control plane runs; or none')
    .option('--distribution <name>', 'k3s, rke2, kubeadm or upstream (as --from says; kubeadm)')
    .option('--workers <pace>', 'Lazy: nodes skip hops within skew; EveryHop: they do not (Lazy)')
    .option('--via <versions>', 'stops instead of the last patch of their minors')
    .option('--stops <versions>', 'all stops on the way')
    .option('--datastore <kind>', 'etcd, or other for SQLite and external databases of k3s and RKE2 (etcd)')
    .option('--etcd <version>', 'the lowest version that a member of etcd runs')
    .option('--accept-risk <names>', 'UnsupportedSkew: nodes move once, at the end; PreRelease')
    .option('--releases <file>', 'release data that are laid over those of this program (FALKIRK_RELEASES)')
    .option('-o, --output <format>', 'table, wide, json or yaml (table)')
    .action(run)
}

async function run(flags: PathFlags): Promise<void> {
  const releases = flags.releases ?? process.env.FALKIRK_RELEASES
  process.exitCode = await runPath(releases === undefined ? flags : { ...flags, releases }, {
    say: (text) => process.stdout.write(`${text}\n`),
    warn: (text) => process.stderr.write(`${text}\n`),
  })
}
