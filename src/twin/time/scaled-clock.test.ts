import { describe, expect, it } from 'vitest'
import type { Clock } from '../../cluster/clock.ts'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { scaledClock } from './scaled-clock.ts'

const hourMs = 3_600_000

/** A scaled clock over the clock of a machine that can stand still for everybody on it. */
function clocks(speed: number) {
  const world = new VirtualClock({ startMs: 1_000_000 })
  let sleptMs = 0
  const machine: Clock = {
    now: () => world.now() + sleptMs,
    after: (ms, callback) => world.after(ms, callback),
    sleep: (ms) => world.sleep(ms),
  }
  const clock = scaledClock(machine, speed, 5_000_000)
  return {
    world,
    clock,
    stall: (ms: number) => {
      sleptMs += ms
    },
  }
}

describe.each([1, 10, 1000])('time at %ix', (speed) => {
  it('passes as fast as that, and fires what is due', async () => {
    const { world, clock } = clocks(speed)
    const fired: number[] = []
    clock.after(90_000 * speed, () => fired.push(clock.now()))
    await world.advance(60_000)
    expect(clock.now()).toBe(5_000_000 + 60_000 * speed)
    await world.advance(30_001)
    expect(fired).toEqual([5_000_000 + 90_000 * speed])
  })

  it('goes on after the machine has slept from where it was', async () => {
    const { world, clock, stall } = clocks(speed)
    const fired: string[] = []
    clock.after(30_000, () => fired.push('soon'))
    clock.after(hourMs, () => fired.push('in an hour'))
    await world.advance(1_000 / speed)
    stall(8 * hourMs)
    expect(clock.now()).toBe(5_005_000)
    expect(fired).toEqual([])
    await world.advance(30_000 / speed)
    expect(fired).toEqual(['soon'])
    await world.advance(hourMs / speed)
    expect(fired).toEqual(['soon', 'in an hour'])
  })

  it('does not fire what is not due when all timers of a process that was stopped fire at once', () => {
    let nowMs = 0
    const timers = new Set<() => void>()
    const after: Clock['after'] = (_, callback) => {
      timers.add(callback)
      return () => timers.delete(callback)
    }
    const clock = scaledClock({ now: () => nowMs, after, sleep: () => Promise.resolve() }, speed, 0)
    const fired: string[] = []
    clock.after(4_000, () => fired.push('soon'))
    clock.after(60_000, () => fired.push('later'))
    nowMs += hourMs
    for (const timer of [...timers]) timer()
    expect(fired).toEqual(['soon'])
    expect(clock.now()).toBe(5_000)
  })
})

describe('a scaled clock', () => {
  it('does not go back with the clock below', async () => {
    const { world, clock, stall } = clocks(2)
    await world.advance(5_000)
    const before = clock.now()
    stall(-hourMs)
    expect(clock.now()).toBe(before)
    await world.advance(5_000)
    expect(clock.now()).toBe(before + 10_000)
  })

  it('lets the machine rest when nobody waits', async () => {
    const { world, clock } = clocks(10)
    const cancel = clock.after(hourMs, () => {})
    expect(world.nextAtMs()).toBeDefined()
    cancel()
    cancel()
    expect(world.nextAtMs()).toBeUndefined()
  })

  it('ends a sleep that is called off at once', async () => {
    const { clock } = clocks(10)
    const stop = new AbortController()
    const slept = clock.sleep(hourMs, stop.signal)
    stop.abort()
    await slept
  })
})
