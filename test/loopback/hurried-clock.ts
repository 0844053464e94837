import { type Clock, systemClock } from '../../src/cluster/clock.ts'

/** A clock on which time passes `factor` times as fast as on the machine's: for tests with real sockets and long pauses. */
export function createHurriedClock(factor: number): Clock {
  const startMs = Date.now()
  return {
    now: () => startMs + (Date.now() - startMs) * factor,
    after: (ms, callback) => systemClock.after(ms / factor, callback),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  }
}
