import { stat } from 'node:fs/promises'
import { FalkirkError } from '../../core/falkirk-error.ts'
import type { HostFacts } from '../../core/host/host-facts.ts'
import { folderProblem } from '../../core/prepare/folder-plan.ts'
import { hopNeeds, prepareOrder } from '../../core/prepare/hop-needs.ts'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import { architectureOf, digestFile, filledIn, isAddress, isImageArchive, type ReleasePlace } from '../../core/recipe/release-files.ts'
import type { ClusterUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import type { RecipeSpec } from '../../core/upgrade/api/recipe-spec.ts'
import { releaseBinaries } from '../../core/upgrade/jobs/release-binaries.ts'
import { mapBounded } from '../../node/map-bounded.ts'
import { templateOf } from '../upgrade/pinned-wish.ts'
import { releaseChecksums } from '../upgrade/release-checksums.ts'
import type { AnsweredHost } from './look-at-hosts.ts'

type Distribution = HostOrder['distribution']

/** The files of releases that hosts are to be brought, each with its digest. */
export interface ReleasePins {
  /** Of a version, for a host; undefined where its programs come by packages. */
  binaries(version: string, facts: HostFacts): HostOrder['binaries']
  /** Bytes, `VERSION NAME`, as far as they are known. */
  readonly sizes: ReadonlyMap<string, number>
  /** Why no digests are known, as one sentence: nothing can be brought. */
  readonly problem?: string
}

export interface PinReleasesOptions {
  readonly upgrade: ClusterUpgrade
  /** A folder of this machine or an address, from the command line or the inventory. */
  readonly place: string | undefined
}

/** Questions about sizes at a time. */
const atATime = 8
const sizeLimitMs = 10_000

/**
 * Looks up what the files of all hops have to be, as `falkirk upgrade` does when it creates a run; digests that the object names itself are taken as they are. What
 * cannot be looked up is a problem, and no exception: a list tells what is needed all the same.
 */
export async function pinReleases(hosts: readonly AnsweredHost[], { upgrade, place }: PinReleasesOptions): Promise<ReleasePins> {
  const files = neededFiles(hosts)
  const [first] = files
  const none = { binaries: () => undefined, sizes: new Map() }
  if (first === undefined) return none
  const { distribution } = first
  const { binary = {} } = upgrade.spec.node?.recipe ?? {}
  const template = templateOf(distribution, place ?? binary.url)
  if (binary.checksums !== undefined) return pins(distribution, binary, await sizesOf(files, template))
  if (template === undefined) return none
  const sizes = await sizesOf(files, template)
  const missing = isAddress(template) ? undefined : await missingFiles(files, template)
  if (missing !== undefined) return { ...none, sizes, problem: missing }
  try {
    const images = new Set(files.map(({ file }) => file).filter(isImageArchive))
    const releases = [...new Map(files.map((one) => [`${one.version} ${one.architecture}`, one])).values()]
    const checksums = await Promise.all(
      releases.map(({ version, architecture }) => releaseChecksums({ version, architecture }, { distribution, template, images })),
    )
    return pins(distribution, { checksums: checksums.flat(), ...(isAddress(template) ? { url: template } : {}) }, sizes)
  } catch (error) {
    if (error instanceof FalkirkError) return { ...none, sizes, problem: error.message }
    throw error
  }
}

function pins(distribution: Distribution, binary: NonNullable<RecipeSpec['binary']>, sizes: ReleasePins['sizes']): ReleasePins {
  return {
    sizes,
    binaries: (version, facts) => {
      const architecture = architectureOf(facts.os.architecture)
      const labels: Record<string, string> = architecture === undefined ? {} : { 'kubernetes.io/arch': architecture }
      return releaseBinaries({ labels }, { version, distribution }, { binary }).binaries
    },
  }
}

type NeededFile = ReleasePlace & { readonly distribution: Distribution }

/** Each once. */
function neededFiles(hosts: readonly AnsweredHost[]): readonly NeededFile[] {
  const all = hosts.flatMap((host) => {
    const architecture = host.kind === 'Seen' ? architectureOf(host.facts.os.architecture) : undefined
    if (host.kind === 'Failed' || architecture === undefined) return []
    const orders = host.versions.map((version) => prepareOrder(host.node.name, version, host.isControlPlane))
    return orders.flatMap((order) =>
      hopNeeds(order, host.facts).files.map((file) => ({ version: order.version, architecture, file, distribution: order.distribution })),
    )
  })
  return [...new Map(all.map((one) => [`${one.version} ${one.architecture} ${one.file}`, one])).values()]
}

/** All that a folder lacks, in one sentence; kubectl may stay as it is. */
async function missingFiles(files: readonly NeededFile[], template: string): Promise<string | undefined> {
  const places = files
    .filter(({ file }) => file !== 'kubectl')
    .flatMap((one) => [one, { ...one, file: digestFile(one.distribution, one) }])
    .map((one) => filledIn(template, one))
  const folder = template.split('/{')[0] ?? template
  const needs = await Promise.all(
    [...new Set(places)].map(async (path) => {
      const bytes = await sizeOf(path)
      const file = path.slice(folder.length + 1)
      return bytes === undefined ? { file } : { file, found: { name: file, bytes } }
    }),
  )
  return folderProblem(folder, needs)
}

async function sizesOf(files: readonly NeededFile[], template: string | undefined): Promise<ReadonlyMap<string, number>> {
  if (template === undefined) return new Map()
  const sizes = await mapBounded(files, atATime, async (one) => {
    const bytes = await sizeOf(filledIn(template, one))
    return bytes === undefined ? [] : [[`${one.version} ${one.file}`, bytes] as const]
  })
  return new Map(sizes.flat())
}

/** Bytes of a file, or of what an address gives; undefined where nobody tells. */
async function sizeOf(at: string): Promise<number | undefined> {
  if (!isAddress(at))
    return await stat(at).then(
      (found) => (found.isFile() ? found.size : undefined),
      () => undefined,
    )
  const length = await fetch(at, { method: 'HEAD', signal: AbortSignal.timeout(sizeLimitMs) }).then(
    (answer) => (answer.ok ? Number(answer.headers.get('content-length')) : 0),
    () => 0,
  )
  return length > 0 ? length : undefined
}
