import { FalkirkError } from '../../core/falkirk-error.ts'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import {
  checksumFile,
  isAddress,
  kubernetesPrograms,
  programFile,
  type ReleasePlace,
  readChecksums,
} from '../../core/recipe/release-files.ts'
import type { RecipeSpec } from '../../core/upgrade/api/recipe-spec.ts'
import { releaseFolder } from '../../node/release-folder.ts'
import { readReleaseFile } from './release-source.ts'

type Checksum = NonNullable<NonNullable<RecipeSpec['binary']>['checksums']>[number]
export type Release = Pick<ReleasePlace, 'version' | 'architecture'>

/** Where releases are, and what of them is needed. */
export interface ReleaseSource {
  readonly distribution: HostOrder['distribution']
  /** A path or an address with its words. */
  readonly template: string
  /** Archives of images that hosts have, by their names. */
  readonly images: ReadonlySet<string>
}

/** The digests that the publisher of a release gives its files. Throws FK_UPGRADE_REFUSED with one sentence when there are none, or a file of a folder has another. */
export async function releaseChecksums(release: Release, source: ReleaseSource): Promise<readonly Checksum[]> {
  const digests = await (source.distribution === 'kubeadm' ? ofPrograms(release, source) : ofList(release, source, source.distribution))
  if (!isAddress(source.template)) await checkFolder(release, source, digests)
  return [...digests].map(([file, sha256]) => ({ ...release, file, sha256 }))
}

async function ofList(
  release: Release,
  { template, images }: ReleaseSource,
  distribution: 'k3s' | 'rke2',
): Promise<ReadonlyMap<string, string>> {
  const read = await readReleaseFile(template, { ...release, file: checksumFile(distribution, release.architecture) ?? '' })
  if (read.kind === 'None') throw noChecksums(read.at, read.why)
  const program = programFile(distribution, release.architecture)
  const all = readChecksums(read.text)
  if (!all.has(program)) throw noChecksums(read.at, `it names no ${program}`)
  return new Map([...all].filter(([name]) => name === program || images.has(name)))
}

/** kubectl need not be there. */
async function ofPrograms(release: Release, { template }: ReleaseSource): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const name of kubernetesPrograms) {
    const read = await readReleaseFile(template, { ...release, file: `${name}.sha256` })
    if (read.kind === 'None' && read.isMissing && name === 'kubectl') continue
    if (read.kind === 'None') throw noChecksums(read.at, read.why)
    const digest = /^[0-9a-f]{64}/.exec(read.text)?.[0]
    if (digest === undefined) throw noChecksums(read.at, 'it begins with no sha256')
    found.set(name, digest)
  }
  return found
}

/** What would be found wrong on the first host is found before anything is created. */
async function checkFolder(release: Release, { template }: ReleaseSource, digests: ReadonlyMap<string, string>): Promise<void> {
  const folder = releaseFolder(template)
  for (const [file, sha256] of digests) {
    const path = await folder.find({ ...release, file })
    if (path === undefined)
      throw refused(
        `${file} of ${release.version} for ${release.architecture} is not in the folder that binaries of the inventory names: bring it there`,
      )
    const is = await folder.sha256(path)
    if (is !== sha256) throw refused(`${path} has the wrong checksum: sha256 is ${is} and should be ${sha256}: bring it there again`)
  }
}

function noChecksums(at: string, why: string): FalkirkError {
  return refused(
    `the checksums of the release cannot be read from ${at} (${why}): name a folder or a mirror as binaries in the inventory, or the checksums in spec.node.recipe.binary.checksums`,
  )
}

function refused(message: string): FalkirkError {
  return new FalkirkError('FK_UPGRADE_REFUSED', message)
}
