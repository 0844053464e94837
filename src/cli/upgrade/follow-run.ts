import type { ApiClient } from '../../cluster/api-client.ts'
import { isNotFound } from '../../cluster/api-error.ts'
import { silentLog } from '../../cluster/log.ts'
import { type CachedObject, ObjectCache } from '../../cluster/object-cache.ts'
import { startReflector } from '../../cluster/reflector.ts'
import { clusterUpgrades, resourcePath } from '../../cluster/resource.ts'
import { isAtRest, type RunState, runState } from './run-state.ts'

export interface FollowOptions {
  readonly client: ApiClient
  readonly random: () => number
  readonly name: string
  /** Ends the following, not the run. */
  readonly signal: AbortSignal
  /** Without an answer for so long it is given up. */
  readonly lostAfterMs: number
  /** Hears of the first state and of each change. */
  readonly onState: (state: RunState) => void
  /** Hears when the API server stops answering, and when it answers again. */
  readonly onAnswers: (answers: boolean) => void
}

export type FollowEnd =
  | { readonly kind: 'AtRest'; readonly state: RunState }
  | { readonly kind: 'Deleted' }
  | { readonly kind: 'Interrupted' }
  | { readonly kind: 'Lost'; readonly silentMs: number }

/** A watch may be silent for a minute; whether somebody still answers is asked this often. */
const askEveryMs = 5_000
const askTimeoutMs = 4_000

interface CachedRun extends CachedObject {
  readonly state: RunState
}

/** Watches one run until it is at rest, is deleted, cannot be heard of any more, or `signal` aborts. API servers that restart meanwhile are waited for. */
export function followRun(options: FollowOptions): Promise<FollowEnd> {
  const { client, random, name, signal, onState } = options
  const { clock, transport, capabilities } = client
  const cache = new ObjectCache<CachedRun>({ trim: cachedRun, log: silentLog })
  return new Promise<FollowEnd>((resolve) => {
    const stop = new AbortController()
    const end = (how: FollowEnd) => {
      stop.abort()
      signal.removeEventListener('abort', interrupt)
      void reflector.stop().then(() => resolve(how))
    }
    const interrupt = () => end({ kind: 'Interrupted' })
    cache.onChange(({ kind, object: { state } }) => {
      if (stop.signal.aborted) return
      if (kind === 'Deleted') return end({ kind: 'Deleted' })
      onState(state)
      if (isAtRest(state)) end({ kind: 'AtRest', state })
    })
    const reflector = startReflector({
      transport,
      path: resourcePath(clusterUpgrades),
      fieldSelector: `metadata.name=${name}`,
      cache,
      clock,
      random,
      log: silentLog,
      bookmarks: capabilities.watchBookmarks,
    })
    if (signal.aborted) return interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    void askAgain(options, stop.signal, end)
  })
}

/** Asks for the run now and then: what answers is not lost, and a deletion before the first look is noticed. */
async function askAgain(options: FollowOptions, stop: AbortSignal, end: (how: FollowEnd) => void): Promise<void> {
  const { client, name, lostAfterMs, onAnswers } = options
  const { clock } = client
  let answeredAtMs = clock.now()
  let answers = true
  while (!stop.aborted) {
    const answer = await client.get(clusterUpgrades, { name }, { signal: stop, timeoutMs: askTimeoutMs }).then(
      () => 'Found' as const,
      (error: unknown) => (isNotFound(error) ? ('Missing' as const) : ('None' as const)),
    )
    if (stop.aborted) return
    if (answer === 'Missing') return end({ kind: 'Deleted' })
    if (answers !== (answer === 'Found')) {
      answers = answer === 'Found'
      onAnswers(answers)
    }
    if (answers) answeredAtMs = clock.now()
    else if (clock.now() - answeredAtMs >= lostAfterMs) return end({ kind: 'Lost', silentMs: clock.now() - answeredAtMs })
    await clock.sleep(answers ? askEveryMs : Math.min(askEveryMs, lostAfterMs, 1_000), stop)
  }
}

function cachedRun(raw: unknown): CachedRun {
  const state = runState(raw)
  return { name: state.name, resourceVersion: state.resourceVersion, state: { ...state, resourceVersion: '' } }
}
