import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { step } from '../../scripts/progress.mjs'
import { command } from './command.ts'
import { hostPackages, installPackages } from './requirements.ts'
import { rigCache } from './rig-cache.ts'

/** Folder of the root file system that all hosts share read-only; made once, in half a minute, and kept in the rig's cache. */
export async function hostBase(): Promise<string> {
  const script = join(import.meta.dirname, 'hosts', 'make-base.sh')
  const key = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 12)
  const folder = join(rigCache(), 'base', key)
  await installPackages(hostPackages)
  if (!existsSync(join(folder, '.rig-base'))) {
    await step('making the root file system of the hosts', () => command(script, [folder], { env: { LC_ALL: 'C.UTF-8' } }))
  }
  return folder
}
