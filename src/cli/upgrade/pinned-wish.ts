import type { ApiClient } from '../../cluster/api-client.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import type { HostFacts } from '../../core/host/host-facts.ts'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import { isAddress, isImageArchive, publishedAt, releaseLayout, releaseTemplate } from '../../core/recipe/release-files.ts'
import { parseUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import type { RecipeSpec } from '../../core/upgrade/api/recipe-spec.ts'
import { foreseeUpgrade } from '../../core/upgrade/foresee/foresee-upgrade.ts'
import { nodeArchitecture } from '../../core/upgrade/jobs/release-binaries.ts'
import type { UpgradeFacts } from '../../core/upgrade/upgrade-facts.ts'
import { distributionOfVersion } from '../../core/version/distribution.ts'
import { parseVersion } from '../../core/version/kubernetes-version.ts'
import { readClusterFacts } from './read-facts.ts'
import { type Release, releaseChecksums } from './release-checksums.ts'
import type { WishedUpgrade } from './wished-upgrade.ts'

type Distribution = HostOrder['distribution']

export interface PinOptions extends Pick<UpgradeFacts, 'namespace' | 'releases'> {
  readonly wish: WishedUpgrade
  /** Where the inventory says that releases are: a folder of this machine, or an address. */
  readonly binaries: string | undefined
  /** What was found on the hosts. */
  readonly hosts: readonly HostFacts[]
}

/**
 * The object that is wished for, with the digest of each file of each release that its hosts will need: what is brought to a host is what was published when
 * the run was created. An object that names digests itself is left as it is, and so is one for hosts of kubeadm when no place of binaries is named: they have
 * packages. Throws FK_UPGRADE_REFUSED with one sentence when a list of digests cannot be read.
 */
export async function pinnedWish(client: ApiClient, { wish, binaries, hosts, ...known }: PinOptions): Promise<WishedUpgrade> {
  const { spec } = wish.upgrade
  const { binary = {} } = spec.node?.recipe ?? {}
  const version = parseVersion(spec.version)
  const distribution = version === undefined ? undefined : distributionOfVersion(version)
  if (spec.node?.via !== 'SSH' || binary.checksums !== undefined || distribution === undefined || distribution === 'upstream') return wish
  const template = templateOf(distribution, binaries ?? binary.url)
  if (template === undefined) return wish
  const { facts } = await readClusterFacts(client, wish.upgrade, known)
  const images = new Set(hosts.flatMap(({ rancher }) => rancher.images ?? []).filter(isImageArchive))
  const places = neededReleases(facts, client.clock.now())
  const checksums = (await Promise.all(places.map((place) => releaseChecksums(place, { distribution, template, images })))).flat()
  const url = isAddress(template) ? { url: template } : {}
  return checksums.length === 0 ? wish : withRecipe(wish, { ...spec.node.recipe, binary: { ...binary, ...url, checksums } })
}

/** Where the files of releases are, with its words; undefined for kubeadm where no place is named: hosts have packages. */
export function templateOf(distribution: Distribution, place: string | undefined): string | undefined {
  if (place !== undefined) return releaseTemplate(place, releaseLayout(distribution))
  return distribution === 'kubeadm' ? undefined : publishedAt(distribution)
}

/** Versions of the way, each for the architectures of the nodes that are brought to it. */
function neededReleases(facts: UpgradeFacts, nowMs: number): readonly Release[] {
  const byName = new Map(facts.nodes.map((node) => [node.name, node] as const))
  const found = new Map<string, Release>()
  for (const { node, from, to } of foreseeUpgrade(facts, nowMs).nodes) {
    const architecture = nodeArchitecture({ labels: byName.get(node)?.labels ?? {} })
    // a node may have a turn in which only its packages or its runtime are changed
    if (from !== to && architecture !== undefined) found.set(`${to} ${architecture}`, { version: to, architecture })
  }
  return [...found.values()]
}

function withRecipe({ object }: WishedUpgrade, recipe: RecipeSpec): WishedUpgrade {
  const node = { ...(object.spec.node as object), recipe }
  const pinned = { ...object, spec: { ...object.spec, node } }
  const parsed = parseUpgrade(pinned)
  if (parsed.kind === 'Malformed') throw new FalkirkError('FK_UPGRADE_REFUSED', parsed.message)
  return { object: pinned, upgrade: parsed.upgrade }
}
