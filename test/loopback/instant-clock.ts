import type { Clock } from '../../src/cluster/clock.ts'

/** A clock whose sleeps pass at once and are written down; its timers wait until `fire` is called. */
export interface InstantClock extends Clock {
  readonly slept: readonly number[]
  /** Moves time by `ms` and fires what is due. */
  fire(ms: number): void
}

export function createInstantClock(startMs = 0): InstantClock {
  let nowMs = startMs
  const slept: number[] = []
  const timers = new Set<{ atMs: number; callback: () => void }>()
  return {
    slept,
    now: () => nowMs,
    after(ms, callback) {
      const timer = { atMs: nowMs + ms, callback }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    async sleep(ms) {
      slept.push(ms)
      nowMs += ms
    },
    fire(ms) {
      nowMs += ms
      for (const timer of [...timers]) {
        if (timer.atMs > nowMs) continue
        timers.delete(timer)
        timer.callback()
      }
    },
  }
}
