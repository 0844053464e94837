import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { x } from 'tinyexec'
import { step } from '../../scripts/progress.mjs'
import { rigCache } from './rig-cache.ts'

/**
 * Path of a program from a Debian package that is unpacked in the rig's cache and not installed: an installation would start the
 * package's service on this machine. The program must need nothing beyond the C library.
 */
export async function debianProgram(packageName: string, pathInPackage: string): Promise<string> {
  const folder = join(rigCache(), 'debian', packageName)
  const program = join(folder, pathInPackage)
  if (!existsSync(program)) await step(`fetching Debian's ${packageName}`, () => unpack(packageName, folder))
  if (!existsSync(program)) throw new Error(`Debian's ${packageName} has no ${pathInPackage}`)
  return program
}

async function unpack(packageName: string, folder: string): Promise<void> {
  const parent = join(rigCache(), 'debian')
  mkdirSync(parent, { recursive: true })
  const work = mkdtempSync(join(parent, `.${packageName}-`))
  try {
    if (!(await download(packageName, work))) {
      await x('apt-get', ['update', '-qq'])
      if (!(await download(packageName, work))) throw new Error(`apt-get cannot download ${packageName}: is Debian's mirror reachable?`)
    }
    const file = readdirSync(work).find((entry) => entry.endsWith('.deb'))
    if (file === undefined) throw new Error(`apt-get left no ${packageName} package in ${work}`)
    await x('dpkg', ['-x', join(work, file), join(work, 'root')], { throwOnError: true })
    // whoever was quicker has unpacked the same
    if (!existsSync(folder)) renameSync(join(work, 'root'), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function download(packageName: string, folder: string): Promise<boolean> {
  const run = await x('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', packageName], { nodeOptions: { cwd: folder } })
  return run.exitCode === 0
}
