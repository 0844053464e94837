import { createBackoff, retryAfterMsOf } from '../cluster/backoff.ts'
import type { Clock } from '../cluster/clock.ts'
import type { Log } from '../cluster/log.ts'
import { FalkirkError } from '../core/falkirk-error.ts'

export interface PatiencePorts {
  readonly clock: Clock
  /** Between 0 (inclusive) and 1 (exclusive). */
  readonly random: () => number
  readonly log: Log
  readonly signal: AbortSignal
  /** Hears the sentence that says what is waited for, and `undefined` when it is over. */
  readonly onProblem: (sentence: string | undefined) => void
}

/**
 * Connects as soon as the cluster allows it: tries again after 1 to 30 s while the API server is away, lacks a right, or has a Plan API that
 * is out of date. A program that ended instead would be kept down for minutes by its kubelet, on the very node whose API server comes back.
 * `undefined` when `signal` aborted first; throws what does not pass by waiting (a bad setting, credentials that are refused).
 */
export async function untilConnected<T>(connect: () => Promise<T>, ports: PatiencePorts): Promise<T | undefined> {
  const { clock, random, signal, onProblem } = ports
  const pauses = createBackoff({ baseMs: 2_000, maxMs: 30_000, random })
  const tell = teller(ports)
  while (!signal.aborted) {
    const outcome = await unlessAborted(connect(), signal)
    if (outcome === undefined) return undefined
    if (outcome.kind === 'Connected') {
      onProblem(undefined)
      return outcome.value
    }
    if (!mayPass(outcome.error)) throw outcome.error
    const retryInMs = pauses.next(retryAfterMsOf(outcome.error))
    tell(outcome.error, Math.round(retryInMs))
    await clock.sleep(retryInMs, signal)
  }
  return undefined
}

type Outcome<T> = { readonly kind: 'Connected'; readonly value: T } | { readonly kind: 'Failed'; readonly error: unknown }

/** `undefined` as soon as the signal aborts; whatever becomes of the work then is nobody's concern. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<Outcome<T> | undefined> {
  return new Promise((resolve) => {
    const abort = () => resolve(undefined)
    signal.addEventListener('abort', abort, { once: true })
    const settle = (outcome: Outcome<T>) => {
      signal.removeEventListener('abort', abort)
      resolve(signal.aborted ? undefined : outcome)
    }
    work.then(
      (value) => settle({ kind: 'Connected', value }),
      (error: unknown) => settle({ kind: 'Failed', error }),
    )
  })
}

/** Somebody may grant the right, or apply the definition, while the program waits. */
function mayPass(error: unknown): error is FalkirkError {
  if (!(error instanceof FalkirkError)) return false
  return error.retry === 'backoff' || error.code === 'FK_FORBIDDEN' || error.code === 'FK_CRD_OUTDATED'
}

/** Says the same sentence once. */
function teller({ log, onProblem }: PatiencePorts): (error: FalkirkError, retryInMs: number) => void {
  let said = ''
  return ({ code, message }, retryInMs) => {
    const fields = { code, problem: message, retryInMs }
    if (message === said) log.debug(fields, 'still cannot start')
    else log.warn(fields, 'cannot start yet')
    said = message
    onProblem(message)
  }
}
