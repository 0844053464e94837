import { FalkirkError } from '../core/falkirk-error.ts'
import { formatGoDuration, parseGoDuration } from '../core/plan/go-duration.ts'

/** How a replica stands for election. */
export interface ElectionOptions {
  /** Who it is on the Lease; different for each replica, or one of two of the same name ends. The host name, in a pod the pod's name, unless told. */
  readonly identity?: string
  /** So long the others wait after the last sign of life. */
  readonly leaseDurationMs: number
  /** After so long without a successful renewal the leader gives up. */
  readonly renewDeadlineMs: number
  /** Between attempts. */
  readonly retryPeriodMs: number
}

type Environment = Readonly<Record<string, string | undefined>>

const hourMs = 3_600_000
const defaults = { leaseMs: 45_000, renewMs: 30_000, retryMs: 2_000 }
/** Somebody who stops the program in a debugger stays the leader. */
const devMode = { ...defaults, leaseMs: 45 * hourMs, renewMs: 30 * hourMs }

/**
 * Reads FALKIRK_LEASE_IDENTITY and the CATTLE_ variables of the election. Throws FK_BAD_SETTING with one sentence that names the variable.
 * Source: system-upgrade-controller v0.20, whose names and defaults these are.
 */
export function electionOptions(env: Environment): ElectionOptions {
  const otherwise = env.CATTLE_DEV_MODE ? devMode : defaults
  const leaseDurationMs = duration(env, 'CATTLE_ELECTION_LEASE_DURATION', otherwise.leaseMs)
  const renewDeadlineMs = duration(env, 'CATTLE_ELECTION_RENEW_DEADLINE', otherwise.renewMs)
  const retryPeriodMs = duration(env, 'CATTLE_ELECTION_RETRY_PERIOD', otherwise.retryMs)
  requireLonger('CATTLE_ELECTION_LEASE_DURATION', leaseDurationMs, 'CATTLE_ELECTION_RENEW_DEADLINE', renewDeadlineMs)
  // an attempt may come as late as 1.2 times the period
  requireLonger('CATTLE_ELECTION_RENEW_DEADLINE', renewDeadlineMs, '1.2 times CATTLE_ELECTION_RETRY_PERIOD', retryPeriodMs * 1.2)
  const identity = env.FALKIRK_LEASE_IDENTITY || undefined
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs, ...(identity === undefined ? {} : { identity }) }
}

function duration(env: Environment, variable: string, otherwiseMs: number): number {
  const text = env[variable]
  if (!text) return otherwiseMs
  const ms = (parseGoDuration(text) ?? 0) / 1e6
  if (ms >= 1) return ms
  throw new FalkirkError('FK_BAD_SETTING', `${variable} is "${text}": write a duration above 1ms, such as 45s`)
}

function requireLonger(longer: string, longerMs: number, shorter: string, shorterMs: number): void {
  if (longerMs > shorterMs) return
  const message = `${longer} (${text(longerMs)}) must be longer than ${shorter} (${text(shorterMs)}): set both, or neither`
  throw new FalkirkError('FK_BAD_SETTING', message)
}

function text(ms: number): string {
  return formatGoDuration(ms * 1e6)
}
