import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Where things that are costly to make are kept between runs: `$XDG_CACHE_HOME/falkirk`, else `~/.cache/falkirk`. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'falkirk')

/**
 * The program file of a development tool, run with this very Node: no shell, no PATH.
 * @param {string} packageName
 * @param {string} bin Path inside the package.
 */
export function toolPath(packageName, bin) {
  return resolve(root, 'node_modules', packageName, bin)
}
