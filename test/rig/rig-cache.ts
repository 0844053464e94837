import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where built and downloaded programs stay between runs: `FALKIRK_RIG_BIN`, or `falkirk/rig` in the user's cache folder. */
export function rigCache(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const own = env.FALKIRK_RIG_BIN
  if (own !== undefined && own !== '') return own
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'falkirk', 'rig')
}
