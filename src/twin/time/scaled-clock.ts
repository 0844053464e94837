import type { Clock } from '../../cluster/clock.ts'

/** Time that runs `speed` times as fast as the clock below it, from `startMs` on. */
export function scaledClock(below: Clock, speed: number, startMs: number): Clock {
  const belowStartMs = below.now()
  return {
    now: () => Math.floor(startMs + (below.now() - belowStartMs) * speed),
    after: (ms, callback) => below.after(ms / speed, callback),
    sleep: (ms, signal) => below.sleep(ms / speed, signal),
  }
}
