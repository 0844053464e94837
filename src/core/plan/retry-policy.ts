import { parseGoDuration } from './go-duration.ts'

/** Whether and when a failed Job is tried again on its node. */
export interface RetryPolicy {
  /** Tries after the first one; 0 to 100. */
  readonly count: number
  /** Pause before the first retry; it doubles with each one. */
  readonly backoffMs: number
  /** The pause never grows beyond this. */
  readonly maxBackoffMs: number
}

const form = 'write a number from 0 to 100, or count=3,backoff=30s,max=10m'

/** Reads `3` or `count=3,backoff=30s,max=10m` (each part may be missing but `count`); what is wrong with it otherwise. */
export function parseRetry(text: string, defaults: RetryPolicy): RetryPolicy | string {
  const count = parseCount(text)
  if (count !== undefined) return { ...defaults, count }
  const parts = new Map<string, string>()
  for (const part of text.split(',')) {
    const [, name, value] = /^\s*(count|backoff|max)\s*=\s*(\S+)\s*$/.exec(part) ?? []
    if (name === undefined || value === undefined || parts.has(name)) return form
    parts.set(name, value)
  }
  return retryOf(parts, defaults)
}

function retryOf(parts: ReadonlyMap<string, string>, defaults: RetryPolicy): RetryPolicy | string {
  const count = parseCount(parts.get('count') ?? '')
  if (count === undefined) return form
  const backoffMs = parseMs(parts.get('backoff'), defaults.backoffMs)
  if (backoffMs === undefined) return `backoff has to be a duration of 1s to 24h; ${form}`
  const maxBackoffMs = parseMs(parts.get('max'), Math.max(defaults.maxBackoffMs, backoffMs))
  if (maxBackoffMs === undefined) return `max has to be a duration of 1s to 24h; ${form}`
  if (maxBackoffMs < backoffMs) return `max has to be at least as long as backoff; ${form}`
  return { count, backoffMs, maxBackoffMs }
}

function parseCount(text: string): number | undefined {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  return count <= 100 ? count : undefined
}

/** Between one second and one day: shorter ones would be a hot loop. */
function parseMs(text: string | undefined, whenAbsent: number): number | undefined {
  if (text === undefined) return whenAbsent
  const ms = (parseGoDuration(text) ?? 0) / 1e6
  return ms >= 1000 && ms <= 86_400_000 ? ms : undefined
}
