import type { ApiClient } from '../../cluster/api-client.ts'
import { readReleases } from '../read-releases.ts'
import type { ClusterFlags } from '../upgrade/cluster.ts'
import { dryRun } from '../upgrade/dry-run.ts'
import type { ExitCode } from '../upgrade/exit-code.ts'
import { type FollowFlags, lostAfterOf, outputOf } from '../upgrade/flags.ts'
import { upgradeOverSsh } from '../upgrade/over-ssh.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import type { WishedUpgrade } from '../upgrade/wished-upgrade.ts'
import type { Now } from './wished-changes.ts'

export type RunFlags = ClusterFlags & FollowFlags & { readonly inventory?: string; readonly namespace: string; readonly dryRun?: true }

/** Creates the run, works on it from here and follows it; or prints every command on each host. Throws as `upgradeOverSsh` and `dryRun` do. */
export async function runHostChanges(
  client: ApiClient,
  { flags, wishedBy }: { readonly flags: RunFlags; readonly wishedBy: (now: Now) => WishedUpgrade },
  ports: CommandPorts,
): Promise<ExitCode> {
  const view = outputOf(flags, ['text', 'json']) === 'json' ? 'Json' : 'Text'
  const wish = wishedBy({ apiServer: client.capabilities.gitVersion, nowMs: ports.now() })
  const releases = await readReleases(process.env.FALKIRK_RELEASES)
  const { inventory, namespace } = flags
  if (flags.dryRun) return await dryRun(client, { wish, releases, namespace, ...(inventory === undefined ? {} : { inventory }) }, ports)
  return await upgradeOverSsh(client, { wish, view, lostAfterMs: lostAfterOf(flags), namespace, releases, flags }, ports)
}
