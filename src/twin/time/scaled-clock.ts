import { type Clock, sleepBy } from '../../cluster/clock.ts'

/**
 * What takes longer between two looks is a stall, in ms of this clock: half of what a kubelet may be silent before its node is given up. The
 * process was stopped, or the machine slept or was too busy, and nobody has lived that time.
 */
const stallMs = 20_000
/** So often time is looked at while somebody waits for it, in ms of this clock. So much is counted of a stall. */
const pulseMs = stallMs / 4

/**
 * Time that runs `speed` times as fast as the clock below it, from `startMs` on. After a stall it goes on from where it was: no kubelet has
 * missed its heartbeats, no deadline of hours has passed in one moment.
 */
export function scaledClock(below: Clock, speed: number, startMs: number): Clock {
  const time = livedTime(below, speed, startMs)
  const now = () => Math.floor(time())
  const pulse = heldPulse(below, pulseMs / speed, time)
  const after: Clock['after'] = (ms, callback) => {
    const dueMs = now() + ms
    const letGo = pulse()
    let cancel = () => {}
    const arm = (waitMs: number) => {
      cancel = below.after(waitMs / speed, () => {
        const missingMs = dueMs - now()
        // a timer of the clock below is due after a stall, and this time has not come so far
        if (missingMs > 0) return arm(Math.max(missingMs, 1))
        letGo()
        callback()
      })
    }
    arm(ms)
    return () => {
      letGo()
      cancel()
    }
  }
  return { now, after, sleep: (ms, signal) => sleepBy({ after }, ms, signal) }
}

function livedTime(below: Clock, speed: number, startMs: number): () => number {
  let seenMs = below.now()
  let livedMs = startMs
  return () => {
    const stepMs = (below.now() - seenMs) * speed
    seenMs = below.now()
    livedMs += stepMs > stallMs ? pulseMs : Math.max(stepMs, 0)
    return livedMs
  }
}

/** Calls `look` every so often as long as anybody holds the pulse; the function that is got by holding it lets go, once. */
function heldPulse(below: Clock, everyMs: number, look: () => unknown): () => () => void {
  let holders = 0
  let cancel = () => {}
  const beat = () => {
    look()
    cancel = below.after(everyMs, beat)
  }
  return () => {
    holders += 1
    if (holders === 1) cancel = below.after(everyMs, beat)
    let held = true
    return () => {
      if (!held) return
      held = false
      holders -= 1
      if (holders === 0) cancel()
    }
  }
}
