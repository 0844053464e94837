import type { ObjectCache } from '../cluster/object-cache.ts'
import type { NodeFacts } from '../core/kubernetes/node-facts.ts'
import type { Shell } from './shell.ts'

/** While servers are upgraded the API server answers with another version: guards must not judge by the old one for long. */
const intervalMs = 30_000
/** A server that has a new version may still be starting; several that change together are asked about once. */
const soonMs = 1000

export interface ServerVersionWatch {
  /** As `/version` says it: `v1.33.1+k3s1`. */
  readonly current: () => string
  readonly stop: () => void
}

/**
 * Asks the API server for its version twice a minute, and a second after a node reports a version that is not the API server's:
 * on k3s and RKE2 a server's kubelet and its API server change together. `onChange` hears of another one.
 */
export function watchServerVersion(
  { client, clock, log }: Pick<Shell, 'client' | 'clock' | 'log'>,
  nodes: Pick<ObjectCache<NodeFacts>, 'onChange'>,
  onChange: () => void,
): ServerVersionWatch {
  let current = client.capabilities.gitVersion
  let stopped = false
  let next = { atMs: Number.POSITIVE_INFINITY, cancel: () => {} }
  const askIn = (ms: number) => {
    const atMs = clock.now() + ms
    if (stopped || next.atMs <= atMs) return
    next.cancel()
    next = { atMs, cancel: clock.after(ms, () => void ask()) }
  }
  const ask = async () => {
    next = { atMs: Number.POSITIVE_INFINITY, cancel: () => {} }
    try {
      const { gitVersion } = await client.transport.json<{ gitVersion?: string }>({ method: 'GET', path: '/version' })
      if (gitVersion !== undefined && gitVersion !== current) {
        log.info({ from: current, to: gitVersion }, 'the API server has another version')
        current = gitVersion
        onChange()
      }
    } catch (err) {
      log.debug({ err }, 'the API server does not tell its version')
    }
    askIn(intervalMs)
  }
  const unsubscribe = nodes.onChange(({ kind, object, previous }) => {
    const changed = kind === 'Changed' && previous?.kubeletVersion !== object.kubeletVersion
    if (changed && object.kubeletVersion !== current) askIn(soonMs)
  })
  askIn(intervalMs)
  return {
    current: () => current,
    stop: () => {
      stopped = true
      next.cancel()
      unsubscribe()
    },
  }
}
