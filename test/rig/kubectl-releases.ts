import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { x } from 'tinyexec'
import { step } from '../../scripts/progress.mjs'
import { debianArchive } from './debian-archive.ts'
import { rigCache } from './rig-cache.ts'

/** kubectl by minor, with the Debian release and package that have it. */
const releases = {
  '1.20': { suite: 'bookworm', packageName: 'kubernetes-client' },
  '1.32': { suite: 'trixie', packageName: 'kubectl' },
  '1.36': { suite: 'forky', packageName: 'kubectl' },
} as const

export type KubectlRelease = keyof typeof releases

/** The releases that `kubectlRelease` knows, oldest first. */
export const kubectlReleases = Object.keys(releases) as KubectlRelease[]

/**
 * Path of an unmodified kubectl of one minor, from Debian's archive; nothing is installed. It is fetched once and stays in the rig's
 * cache. The signature of the archive's index and the hash of each file are checked.
 * @throws when the archive cannot be reached, does not hold this minor any more, or a hash is not the one that was signed.
 */
export async function kubectlRelease(minor: KubectlRelease): Promise<string> {
  const folder = join(rigCache(), 'kubectl', minor)
  const program = join(folder, 'kubectl')
  if (!existsSync(program)) await step(`fetching kubectl ${minor} from Debian ${releases[minor].suite}`, () => unpack(minor, folder))
  return program
}

async function unpack(minor: KubectlRelease, folder: string): Promise<void> {
  const { suite, packageName } = releases[minor]
  const parent = join(rigCache(), 'kubectl')
  mkdirSync(parent, { recursive: true })
  const work = mkdtempSync(join(parent, `.${minor}-`))
  try {
    const archive = await debianArchive(suite, work)
    const found = archive.find(packageName)
    // Debian calls its 1.20.2 "1.20.5+really1.20.2"
    if (found === undefined || !found.version.startsWith(`${minor}.`)) {
      throw new Error(
        `Debian ${suite} has ${packageName} ${found?.version ?? 'not at all'}, not ${minor}: name another suite in kubectl-releases.ts`,
      )
    }
    const file = join(work, 'package.deb')
    writeFileSync(file, await archive.fetch(found))
    await x('dpkg-deb', ['-x', file, join(work, 'root')], { throwOnError: true })
    mkdirSync(join(work, 'out'))
    renameSync(join(work, 'root/usr/bin/kubectl'), join(work, 'out/kubectl'))
    // whoever was quicker has fetched the same
    if (!existsSync(folder)) renameSync(join(work, 'out'), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
