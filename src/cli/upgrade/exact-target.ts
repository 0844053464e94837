import type { ApiClient } from '../../cluster/api-client.ts'
import { listAll } from '../../cluster/list-all.ts'
import { nodes } from '../../cluster/resource.ts'
import { nodeFacts } from '../../core/kubernetes/node-facts.ts'
import { isControlPlane } from '../../core/plan/node-selection.ts'
import { versionsOf } from '../../core/upgrade/run/path-of-run.ts'
import { lineOf } from '../../core/version/distribution.ts'
import { type KubernetesVersion, parseVersion } from '../../core/version/kubernetes-version.ts'
import { minorAlone } from '../../core/version/minor-alone.ts'
import type { Releases } from '../../core/version/releases.ts'
import { bad } from '../flag-values.ts'

type Reader = Pick<ApiClient, 'transport'> & { readonly capabilities: Pick<ApiClient['capabilities'], 'gitVersion'> }

/**
 * Flags with an exact version in `to`: a minor alone (`v1.34`) is its newest release that is known, of the distribution that the control plane runs. It is
 * chosen before an object is created, and said, as the target of a run must not change when release data do. Throws FK_BAD_SETTING, and as the API does.
 */
export async function withExactTarget<T extends { readonly to?: string }>(
  client: Reader,
  flags: T,
  { releases, warn }: { readonly releases: Releases; readonly warn: (text: string) => void },
): Promise<T> {
  const { to } = flags
  if (to === undefined || minorAlone(to, releases, 'kubernetes') === undefined) return flags
  const running = await runningVersion(client)
  const line = running === undefined ? undefined : lineOf(running)
  if (line === undefined)
    throw bad(`--to is "${to}", and releases of ${running?.text ?? 'what this cluster runs'} are not known: write the whole version`)
  const newest = minorAlone(to, releases, line)?.newest?.text
  if (newest === undefined)
    throw bad(`--to is "${to}", of which the release data of ${releases.reviewed} know no release: write the whole version`)
  warn(`--to ${to} is ${newest}, its last release in the release data of ${releases.reviewed}`)
  return { ...flags, to: newest }
}

/** Of the control plane, by what its nodes report: a proxy in front of the API may answer with a version of its own. */
async function runningVersion(client: Reader): Promise<KubernetesVersion | undefined> {
  const { items } = await listAll(client.transport, nodes, { trim: nodeFacts })
  return versionsOf(items.filter(isControlPlane))[0] ?? parseVersion(client.capabilities.gitVersion)
}
