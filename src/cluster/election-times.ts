import { FalkirkError } from '../core/falkirk-error.ts'

/** The times of a leader election, in milliseconds. */
export interface ElectionTimes {
  /** So long the others wait after the last sign of life; 45,000 unless told. */
  readonly leaseDurationMs: number
  /** After so long without a successful renewal the leader gives up; 30,000 unless told, less than the lease. */
  readonly renewDeadlineMs: number
  /** Between attempts to acquire (1 to 2.2 times this) and after a failed renewal; 2,000 unless told. */
  readonly retryPeriodMs: number
  /** Between renewals that succeed; a third of the deadline unless told, at least the retry period. Each is one request. */
  readonly renewIntervalMs: number
}

/** The times as told, and defaults for the others. Throws FK_BAD_SETTING when they contradict each other. */
export function electionTimes(options: Partial<ElectionTimes>): ElectionTimes {
  const { leaseDurationMs = 45_000, renewDeadlineMs = 30_000, retryPeriodMs = 2_000 } = options
  const { renewIntervalMs = Math.max(retryPeriodMs, renewDeadlineMs / 3) } = options
  if (!(leaseDurationMs > renewDeadlineMs)) refuse('lease duration', leaseDurationMs, 'renew deadline', renewDeadlineMs)
  if (!(renewDeadlineMs > retryPeriodMs * 1.2)) refuse('renew deadline', renewDeadlineMs, 'retry period times 1.2', retryPeriodMs * 1.2)
  if (!(renewDeadlineMs > renewIntervalMs)) refuse('renew deadline', renewDeadlineMs, 'renew interval', renewIntervalMs)
  if (!(retryPeriodMs > 0)) refuse('retry period', retryPeriodMs, 'zero', 0)
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs, renewIntervalMs }
}

function refuse(what: string, ms: number, bound: string, boundMs: number): never {
  throw new FalkirkError('FK_BAD_SETTING', `leader election: the ${what} (${ms} ms) must be longer than the ${bound} (${boundMs} ms)`)
}
