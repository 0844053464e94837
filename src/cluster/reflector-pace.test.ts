import { describe, expect, it } from 'vitest'
import { createBackoff, retryAfterMsOf } from './backoff.ts'
import { ReflectorPace } from './reflector-pace.ts'
import { VirtualClock } from './virtual-clock.ts'

const longest = () => 1 - Number.EPSILON
const rounded = (ms: number) => Math.round(ms)

function paceWith({ random = longest } = {}) {
  const clock = new VirtualClock()
  return { clock, pace: new ReflectorPace({ clock, random }) }
}

describe('pauses', () => {
  it('double from 0.25 s to 30 s', () => {
    const { pace } = paceWith()
    const pauses = Array.from({ length: 9 }, () => rounded(pace.beforeWatch()))
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  })

  it('are spread between half and all of it', () => {
    const { pace } = paceWith({ random: () => 0 })
    expect([pace.beforeWatch(), pace.beforeWatch()]).toEqual([125, 250])
  })

  it.each([
    { retryAfterMs: 7_000, pauseMs: 7_000 },
    { retryAfterMs: 10, pauseMs: 250 },
    { retryAfterMs: 86_400_000, pauseMs: 300_000 },
    { retryAfterMs: -5, pauseMs: 250 },
    { retryAfterMs: 'soon', pauseMs: 250 },
  ])('with Retry-After of $retryAfterMs ms: $pauseMs', ({ retryAfterMs, pauseMs }) => {
    const { pace } = paceWith()
    expect(rounded(pace.beforeWatch({ retryAfterMs }))).toBe(pauseMs)
    expect(rounded(pace.beforeList({ retryAfterMs }))).toBe(pauseMs)
  })

  it('never overflow, however often nothing worked', () => {
    const backoff = createBackoff({ baseMs: 5, maxMs: 30_000, random: longest })
    for (let i = 0; i < 5_000; i++) expect(backoff.next()).toBeLessThanOrEqual(30_000)
  })

  it.each([undefined, null, 'text', new Error('no answer')])('take %s for an error that asks for nothing', (error) => {
    expect(retryAfterMsOf(error)).toBe(0)
  })
})

describe('after a watch', () => {
  it.each([
    { ended: { heard: true, idle: false, livedMs: 10 }, next: 250 },
    { ended: { heard: false, idle: false, livedMs: 280_000 }, next: 250 },
    { ended: { heard: false, idle: false, livedMs: 10 }, next: 1_000 },
    { ended: { heard: false, idle: true, livedMs: 90_000 }, next: 1_000 },
  ])('that ended like $ended the next pause is $next ms', ({ ended, next }) => {
    const { pace } = paceWith()
    pace.beforeWatch()
    pace.beforeWatch()
    pace.watchEnded(ended)
    expect(rounded(pace.beforeWatch())).toBe(next)
  })

  it.each([
    { ended: { heard: false, idle: true, livedMs: 75_000 }, next: 'List' },
    { ended: { heard: true, idle: true, livedMs: 90_000 }, next: 'Resume' },
    { ended: { heard: false, idle: false, livedMs: 280_000 }, next: 'Resume' },
  ])('that ended like $ended its history is believed, or not: $next', ({ ended, next }) => {
    expect(paceWith().pace.watchEnded(ended)).toBe(next)
  })
})

describe('relists', () => {
  it('back off also when each list succeeds and each watch speaks before its 410', async () => {
    const { clock, pace } = paceWith()
    const pauses: number[] = []
    for (let i = 0; i < 5; i++) {
      pace.watchEnded({ heard: true, idle: false, livedMs: 1_000 })
      const pauseMs = pace.beforeList(new Error('410'))
      pauses.push(rounded(pauseMs))
      await clock.advance(pauseMs + 1_000)
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000])
  })

  it('are forgiven after a minute', async () => {
    const { clock, pace } = paceWith()
    for (let i = 0; i < 3; i++) await clock.advance(pace.beforeList(undefined))
    await clock.advance(60_001)
    expect(rounded(pace.beforeList(undefined))).toBe(250)
  })
})
