/** Growing pauses between attempts. */
export interface Backoff {
  /** The next pause in ms; at least `atLeastMs` (a Retry-After). Each call doubles the one after it. */
  next(atLeastMs?: number): number
  /** An attempt went well: the next pause is the shortest again. */
  reset(): void
}

/** A server may ask for a pause, but not put us to sleep for a day. */
const longestRetryAfterMs = 300_000

/** Doubles from `baseMs` to `maxMs`; each pause is between half of it and all of it, so that many clients do not come back at once. */
export function createBackoff(options: { baseMs: number; maxMs: number; random: () => number }): Backoff {
  let attempts = 0
  return {
    next(atLeastMs = 0) {
      const full = Math.min(options.baseMs * 2 ** Math.min(attempts, 40), options.maxMs)
      attempts += 1
      return Math.max(full * (0.5 + options.random() / 2), Math.min(atLeastMs, longestRetryAfterMs))
    },
    reset() {
      attempts = 0
    },
  }
}

/** How long an error asks to wait (`retryAfterMs`, as `ApiError` has it), in ms; 0 when it says nothing. */
export function retryAfterMsOf(error: unknown): number {
  const { retryAfterMs } = (typeof error === 'object' && error !== null ? error : {}) as { retryAfterMs?: unknown }
  return typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : 0
}
