import { isDeepStrictEqual } from 'node:util'
import { FalkirkError } from '../core/falkirk-error.ts'
import type { Clock } from './clock.ts'
import type { ClusterAccess, Credentials } from './cluster-access.ts'

/** Credentials and until when they may be handed out without another look, epoch ms. */
export interface LoadedCredentials {
  readonly credentials: Credentials
  readonly validUntilMs: number
}

/** Gets credentials; `Fresh` also leaves out whatever a source keeps for itself, because the server has refused it. */
export type LoadCredentials = (how: 'Cached' | 'Fresh') => Promise<LoadedCredentials>

/** How long files are believed when a new look at them fails. */
const graceMs = 60_000

/**
 * Keeps credentials until they are due, and loads them once however many ask at the same time.
 * A file that cannot be read for a moment (it is being replaced) does not take away what was read before.
 */
export function cacheCredentials(clock: Clock, load: LoadCredentials): Pick<ClusterAccess, 'credentials' | 'renew'> {
  let current: LoadedCredentials | undefined
  let loading: { how: 'Cached' | 'Fresh'; promise: Promise<Credentials> } | undefined

  async function reload(how: 'Cached' | 'Fresh'): Promise<Credentials> {
    try {
      const loaded = await load(how)
      // The same values stay the same object: connections need not be compared again.
      const same = current !== undefined && isDeepStrictEqual(current.credentials, loaded.credentials)
      current = same && current !== undefined ? { ...loaded, credentials: current.credentials } : loaded
    } catch (error) {
      const unreadable = error instanceof FalkirkError && error.code === 'FK_KUBECONFIG'
      if (current === undefined || !unreadable || how === 'Fresh') throw error
      current = { ...current, validUntilMs: clock.now() + graceMs }
    }
    return current.credentials
  }

  function loadOnce(how: 'Cached' | 'Fresh'): Promise<Credentials> {
    if (loading?.how === 'Fresh' || loading?.how === how) return loading.promise
    const before = loading?.promise.catch(() => undefined) ?? Promise.resolve()
    const started = {
      how,
      promise: before
        .then(() => reload(how))
        .finally(() => {
          if (loading === started) loading = undefined
        }),
    }
    loading = started
    return started.promise
  }

  return {
    async credentials() {
      if (loading === undefined && current !== undefined && clock.now() < current.validUntilMs) return current.credentials
      return loadOnce('Cached')
    },
    async renew(rejected) {
      if (loading === undefined && current !== undefined && !isDeepStrictEqual(current.credentials, rejected)) return current.credentials
      return loadOnce('Fresh')
    },
  }
}
