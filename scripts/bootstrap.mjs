import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './paths.mjs'
import { step } from './progress.mjs'
import { CommandFailed, mustRun, program } from './run.mjs'

const lowestNode = [20, 19]

/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/** Makes a fresh clone ready: `npm ci` when `node_modules` is not what the lock file says. Needs nothing but Node and npm. */
export async function bootstrap() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < (lowestNode[0] ?? 0) || (major === lowestNode[0] && minor < (lowestNode[1] ?? 0))) {
    throw new Error(`Falkirk needs Node ${lowestNode.join('.')} or newer; this is Node ${process.versions.node}`)
  }
  if (installedAsLocked(lockedPackages('package-lock.json'), lockedPackages('node_modules/.package-lock.json'))) return
  await step('installing npm packages', async () => {
    try {
      await mustRun('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
    } catch (error) {
      if (error instanceof CommandFailed)
        throw new CommandFailed('npm ci failed: the npm registry must be reachable for the first run', error.output)
      throw error
    }
  })
}

/**
 * npm writes what it has installed to `node_modules/.package-lock.json` as its last act, so a broken install never matches.
 * Packages for other platforms (`optional`) may be missing.
 * @param {LockedPackages} locked
 * @param {LockedPackages} installed
 */
export function installedAsLocked(locked, installed) {
  const wanted = Object.entries(locked).filter(([path]) => path !== '')
  if (wanted.length === 0) return false
  const foreign = Object.keys(installed).some((path) => locked[path] === undefined)
  return (
    !foreign &&
    wanted.every(([path, { version, optional }]) => installed[path]?.version === version || (optional && installed[path] === undefined))
  )
}

/**
 * @param {string} file
 * @returns {LockedPackages}
 */
function lockedPackages(file) {
  const path = join(root, file)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await program(bootstrap)
