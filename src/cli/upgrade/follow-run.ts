import type { ApiClient } from '../../cluster/api-client.ts'
import { ApiError, isForbidden, isNotFound } from '../../cluster/api-error.ts'
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
  /** `refused`: it answers, and does not let this user look any more. */
  | { readonly kind: 'Lost'; readonly silentMs: number; readonly refused?: ApiError }

/** A watch may be silent for a minute; whether somebody still answers is asked this often. */
const askEveryMs = 5_000
const askTimeoutMs = 4_000
/** An API server that has just started refuses everybody for a moment. */
const refusedAfterMs = 30_000

interface CachedRun extends CachedObject {
  readonly state: RunState
}

/**
 * Watches one run until it is at rest, is deleted, cannot be heard of any more, or `signal` aborts. API servers that restart meanwhile are waited for. Who may
 * not watch runs sees what is found when it is asked for.
 */
export function followRun(options: FollowOptions): Promise<FollowEnd> {
  const { client, random, name, signal, onState } = options
  const { clock, transport, capabilities } = client
  const cache = new ObjectCache<CachedRun>({ trim: cachedRun, log: silentLog })
  return new Promise<FollowEnd>((resolve) => {
    const stop = new AbortController()
    let mayWatch = true
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
      onProblem: (problem) => {
        mayWatch = problem === undefined
      },
    })
    if (signal.aborted) return interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    void askAgain(options, { stop: stop.signal, end, mayWatch: () => mayWatch, found: (raw) => mayWatch || cache.observe(raw) })
  })
}

interface Asking {
  readonly stop: AbortSignal
  readonly end: (how: FollowEnd) => void
  readonly mayWatch: () => boolean
  /** Hears of the run as it is found. */
  readonly found: (raw: unknown) => void
}

/** Asks for the run now and then: what answers is not lost, and a deletion before the first look is noticed. */
async function askAgain(options: FollowOptions, { stop, end, mayWatch, found }: Asking): Promise<void> {
  const { client, lostAfterMs, onAnswers } = options
  const { clock } = client
  let knownAtMs = clock.now()
  let answers = true
  while (!stop.aborted) {
    const answer = await ask(options, stop)
    if (stop.aborted) return
    if (answer.kind === 'Missing') return end({ kind: 'Deleted' })
    if (answer.kind === 'Found') found(answer.raw)
    const isAnswered = answer.kind !== 'None'
    if (answers !== isAnswered) onAnswers(isAnswered)
    answers = isAnswered
    const isHeard = isKnown(answer, mayWatch())
    if (isHeard) knownAtMs = clock.now()
    const lost = lostAfter(answer, clock.now() - knownAtMs, lostAfterMs)
    if (lost !== undefined) return end(lost)
    await clock.sleep(isHeard ? askEveryMs : Math.min(askEveryMs, lostAfterMs, 1_000), stop)
  }
}

/** Who may not get a run and may watch it hears of it all the same. */
function isKnown({ kind }: Answer, mayWatch: boolean): boolean {
  return kind === 'Found' || (kind === 'Refused' && mayWatch)
}

function lostAfter(answer: Answer, silentMs: number, lostAfterMs: number): FollowEnd | undefined {
  if (answer.kind === 'Refused' && silentMs >= Math.min(refusedAfterMs, lostAfterMs))
    return { kind: 'Lost', silentMs, refused: answer.error }
  return answer.kind !== 'Refused' && silentMs >= lostAfterMs ? { kind: 'Lost', silentMs } : undefined
}

type Answer =
  | { readonly kind: 'Found'; readonly raw: unknown }
  | { readonly kind: 'Missing' | 'None' }
  | { readonly kind: 'Refused'; readonly error: ApiError }

async function ask({ client, name }: FollowOptions, signal: AbortSignal): Promise<Answer> {
  try {
    return { kind: 'Found', raw: await client.get(clusterUpgrades, { name }, { signal, timeoutMs: askTimeoutMs }) }
  } catch (error) {
    if (isNotFound(error)) return { kind: 'Missing' }
    const isRefused = isForbidden(error) || (error instanceof ApiError && error.status === 401)
    return isRefused ? { kind: 'Refused', error } : { kind: 'None' }
  }
}

function cachedRun(raw: unknown): CachedRun {
  const state = runState(raw)
  return { name: state.name, resourceVersion: state.resourceVersion, state: { ...state, resourceVersion: '' } }
}
