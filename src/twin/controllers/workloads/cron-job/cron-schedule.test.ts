import { describe, expect, it } from 'vitest'
import { cronSchedule } from './cron-schedule.ts'

const at = (text: string) => Date.parse(text)
const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString())

describe('the next time of a schedule', () => {
  it.each([
    { schedule: '*/15 * * * *', after: '2026-11-21T10:07:30Z', next: '2026-11-21T10:15:00.000Z' },
    { schedule: '*/15 * * * *', after: '2026-11-21T10:15:00Z', next: '2026-11-21T10:30:00.000Z' },
    { schedule: '5/20 * * * *', after: '2026-11-21T10:06:00Z', next: '2026-11-21T10:25:00.000Z' },
    { schedule: '0 3 1 * mon', after: '2026-11-21T10:00:00Z', next: '2026-11-23T03:00:00.000Z' },
    { schedule: '@daily', after: '2026-11-21T10:00:00Z', next: '2026-11-22T00:00:00.000Z' },
    { schedule: '@every 90s', after: '2026-11-21T10:00:00.500Z', next: '2026-11-21T10:01:30.000Z' },
    { schedule: 'TZ=Europe/Berlin 0 3 * * *', after: '2026-11-21T10:00:00Z', next: '2026-11-22T02:00:00.000Z' },
    { schedule: '0 0 30 2 *', after: '2026-11-21T10:00:00Z', next: undefined },
  ])('$schedule after $after is $next', ({ schedule, after, next }) => {
    expect(iso(cronSchedule(schedule, undefined).next(at(after)))).toBe(next)
  })

  it('is that of its time zone', () => {
    const schedule = cronSchedule('30 1 * * *', 'America/New_York')
    expect(iso(schedule.next(at('2026-11-21T10:00:00Z')))).toBe('2026-11-22T06:30:00.000Z')
  })

  it.each(['', 'never', '* * * *', '* * * * * *', '61 * * * *', '@every never', '@sometimes'])('is not to be had of %j', (schedule) => {
    expect(() => cronSchedule(schedule, undefined)).toThrow()
  })
})

describe('missed times', () => {
  it.each([
    { schedule: '0 * * * *', from: '2026-11-21T10:00:00Z', to: '2026-11-21T10:59:59Z', missed: undefined },
    { schedule: '0 * * * *', from: '2026-11-21T10:00:00Z', to: '2026-11-21T11:00:00Z', missed: ['2026-11-21T11:00:00.000Z', 1] },
    { schedule: '0 * * * *', from: '2026-11-21T10:00:00Z', to: '2026-11-21T13:30:00Z', missed: ['2026-11-21T13:00:00.000Z', 3] },
    { schedule: '* * * * *', from: '2026-11-21T10:00:00Z', to: '2026-12-21T10:00:00Z', missed: ['2026-12-21T10:00:00.000Z', 101] },
    { schedule: '@every 1h', from: '2026-11-21T10:00:00Z', to: '2026-11-21T12:30:00Z', missed: ['2026-11-21T12:00:00.000Z', 2] },
  ])('of $schedule from $from to $to are $missed', ({ schedule, from, to, missed }) => {
    const found = cronSchedule(schedule, undefined).missed(at(from), at(to))
    expect(found === undefined ? undefined : [iso(found.latestMs), found.count]).toEqual(missed)
  })
})
