import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closesAt, isOpen, nextOpening, type PlanWindow, planWindow } from './plan-window.ts'
import type { TimeWindowSpec } from './time-window-spec.ts'

function window(spec: TimeWindowSpec): PlanWindow {
  const result = planWindow(spec)
  if (result.kind === 'Invalid') throw new Error(result.cause)
  return result.window
}

const everyDay = ['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa']
const at = (text: string) => Date.parse(text)
const text = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString())

describe('planWindow', () => {
  it.each([
    { spec: { days: ['never'], startTime: 'x', endTime: 'x', timeZone: 'x' }, cause: 'Invalid weekday: never' },
    { spec: { days: ['mo', ''], startTime: '1', endTime: '2' }, cause: 'Invalid weekday: ' },
    { spec: { days: ['7'], startTime: 'x', endTime: 'x' }, cause: 'Invalid weekday, number out of range: 7' },
    { spec: { days: ['-1'], startTime: '1', endTime: '2' }, cause: 'Invalid weekday, number out of range: -1' },
    { spec: { days: ['mo'], startTime: 'x', endTime: 'y', timeZone: 'Foo/Bar' }, cause: 'unknown time zone Foo/Bar' },
    { spec: { days: ['mo'], startTime: '1', endTime: '2', timeZone: '+02:00' }, cause: 'unknown time zone +02:00' },
    { spec: { days: ['mo'], startTime: '1', endTime: '2', timeZone: '../etc/passwd' }, cause: 'unknown time zone ../etc/passwd' },
    { spec: { days: ['mo'], startTime: '3:30pm', endTime: 'y' }, cause: 'Invalid time format: 3:30pm' },
    { spec: { days: ['mo'], startTime: '3pm', endTime: '25:00' }, cause: 'Invalid time format: 25:00' },
    { spec: { days: ['mo'] }, cause: 'Invalid time format: ' },
  ])('point 31: says "$cause"', ({ spec, cause }) => expect(planWindow(spec)).toEqual({ kind: 'Invalid', cause }))

  it.each([
    '0 su sun sunday',
    '1 mo mon monday',
    '2 tu tue tuesday',
    '3 we wed wednesday',
    '4 th thu thursday',
    '5 fr fri friday',
    '6 sa sat saturday',
  ])('reads %s as one day', (names) => {
    const day = Number(names[0])
    for (const name of names.split(' ')) expect([...window({ days: [name], startTime: '1', endTime: '2' }).days]).toEqual([day])
  })

  it.each([
    { of: {}, zone: 'UTC' },
    { of: { timeZone: '' }, zone: 'UTC' },
    { of: { timeZone: 'Local' }, zone: 'UTC' },
    { of: { timeZone: 'Europe/Berlin' }, zone: 'Europe/Berlin' },
    { of: { timeZone: 'Etc/GMT+2' }, zone: 'Etc/GMT+2' },
  ])('reads time zone $of.timeZone as $zone', ({ of, zone }) => {
    expect(window({ days: ['mo'], startTime: '1', endTime: '2', ...of }).timeZone).toBe(zone)
  })

  it('takes Local for the zone it is told', () => {
    expect(planWindow({ days: [], startTime: '1', endTime: '2', timeZone: 'Local' }, 'Asia/Tokyo')).toMatchObject({
      window: { timeZone: 'Asia/Tokyo' },
    })
  })
})

describe('isOpen', () => {
  // 2026-11-23 is a Monday
  it.each([
    { days: ['mo'], hours: '08:00-16:00', when: '2026-11-23T08:00:00Z', open: true },
    { days: ['mo'], hours: '08:00-16:00', when: '2026-11-23T07:59:59.999Z', open: false },
    { days: ['mo'], hours: '08:00-16:00', when: '2026-11-23T16:00:00.999Z', open: true },
    { days: ['mo'], hours: '08:00-16:00', when: '2026-11-23T16:00:01Z', open: false },
    { days: ['mo'], hours: '08:00-16:00', when: '2026-11-24T09:00:00Z', open: false },
    { days: ['mo'], hours: '08:00-08:00', when: '2026-11-23T08:00:00.500Z', open: true },
    { days: ['mo'], hours: '08:00-08:00', when: '2026-11-23T08:00:01Z', open: false },
    { days: everyDay, hours: '00:00:00-23:59:59', when: '2026-11-23T23:59:59.999Z', open: true },
    { days: [], hours: '00:00:00-23:59:59', when: '2026-11-23T12:00:00Z', open: false },
  ])('$days $hours at $when: $open', ({ days, hours, when, open }) => {
    const [startTime = '', endTime = ''] = hours.split('-')
    expect(isOpen(window({ days, startTime, endTime }), at(when))).toBe(open)
  })

  it.each([
    { when: '2026-11-22T23:59:59Z', open: false, why: 'Sunday evening' },
    { when: '2026-11-23T00:00:00Z', open: true, why: 'Monday before 06:00' },
    { when: '2026-11-23T06:00:00.999Z', open: true, why: 'Monday, the last second' },
    { when: '2026-11-23T06:00:01Z', open: false, why: 'Monday after 06:00' },
    { when: '2026-11-23T21:59:59Z', open: false, why: 'Monday before 22:00' },
    { when: '2026-11-23T22:00:00Z', open: true, why: 'Monday from 22:00' },
    { when: '2026-11-23T23:59:59.999Z', open: true, why: 'Monday to midnight' },
    { when: '2026-11-24T00:00:00Z', open: false, why: 'Tuesday morning is not Monday' },
  ])('point 66: Monday 22:00 to 06:00 at $when is $open: $why', ({ when, open }) => {
    expect(isOpen(window({ days: ['mo'], startTime: '22:00', endTime: '06:00' }), at(when))).toBe(open)
  })

  it('counts weekday and hours where the window is', () => {
    const tokyo = window({ days: ['tu'], startTime: '01:00', endTime: '05:00', timeZone: 'Asia/Tokyo' })
    expect(isOpen(tokyo, at('2026-11-23T16:00:00Z'))).toBe(true)
    expect(isOpen(tokyo, at('2026-11-23T15:59:59Z'))).toBe(false)
    expect(isOpen(tokyo, at('2026-11-24T01:00:00Z'))).toBe(false)
  })
})

describe('nextOpening and closesAt', () => {
  const nights = window({ days: ['sa', 'su'], startTime: '01:00', endTime: '05:00', timeZone: 'Europe/Berlin' })

  it('opens on the next of its days, and at once while it is open', () => {
    expect(text(nextOpening(nights, at('2026-11-23T12:00:00Z')))).toBe('2026-11-28T00:00:00.000Z')
    expect(text(nextOpening(nights, at('2026-11-28T04:00:01Z')))).toBe('2026-11-29T00:00:00.000Z')
    expect(nextOpening(nights, at('2026-11-28T02:00:00Z'))).toBe(at('2026-11-28T02:00:00Z'))
  })

  it('closes after its last second, and not while it is closed', () => {
    expect(text(closesAt(nights, at('2026-11-28T02:00:00Z')))).toBe('2026-11-28T04:00:01.000Z')
    expect(closesAt(nights, at('2026-11-28T05:00:00Z'))).toBeUndefined()
  })

  it('a window without days never opens', () => {
    expect(nextOpening(window({ startTime: '1', endTime: '2' }), at('2026-11-23T12:00:00Z'))).toBeUndefined()
  })

  it('a window of whole days closes only where a day is missing', () => {
    const working = window({ days: ['mo', 'tu', 'we', 'th', 'fr'], startTime: '00:00:00', endTime: '23:59:59' })
    expect(text(closesAt(working, at('2026-11-23T12:00:00Z')))).toBe('2026-11-28T00:00:00.000Z')
    expect(closesAt(window({ days: everyDay, startTime: '00:00:00', endTime: '23:59:59' }), at('2026-11-23T12:00:00Z'))).toBeUndefined()
  })

  it('a window over midnight on two days in a row closes in the second morning', () => {
    const both = window({ days: ['mo', 'tu'], startTime: '22:00', endTime: '06:00' })
    expect(text(closesAt(both, at('2026-11-23T23:00:00Z')))).toBe('2026-11-24T06:00:01.000Z')
    expect(text(closesAt(both, at('2026-11-24T23:00:00Z')))).toBe('2026-11-25T00:00:00.000Z')
  })
})

describe('changes of the clock', { timeout: 30_000 }, () => {
  // Berlin: 2026-03-29 02:00 to 03:00 (01:00 UTC) is left out, 2026-10-25 02:00 to 03:00 comes twice (from 00:00 UTC)
  const berlin = (hours: string, days = everyDay) => {
    const [startTime = '', endTime = ''] = hours.split('-')
    return window({ days, startTime, endTime, timeZone: 'Europe/Berlin' })
  }

  it.each([
    { hours: '01:00-04:00', from: '2026-03-29T00:00:00.000Z', until: '2026-03-29T02:00:01.000Z', what: 'an hour less' },
    {
      hours: '02:30-04:00',
      from: '2026-03-29T01:00:00.000Z',
      until: '2026-03-29T02:00:01.000Z',
      what: 'opens when the clock is past its start',
    },
    {
      hours: '01:00-02:30',
      from: '2026-03-29T00:00:00.000Z',
      until: '2026-03-29T01:00:00.000Z',
      what: 'closes when the clock is past its end',
    },
    { hours: '02:10-02:50', from: '2026-03-30T00:10:00.000Z', until: '2026-03-30T00:50:01.000Z', what: 'is not there, and waits a day' },
    { hours: '01:00-04:00', from: '2026-10-24T23:00:00.000Z', until: '2026-10-25T03:00:01.000Z', what: 'an hour more' },
    { hours: '02:30-04:00', from: '2026-10-25T00:30:00.000Z', until: '2026-10-25T03:00:01.000Z', what: 'opens the first time' },
    { hours: '01:00-02:30', from: '2026-10-24T23:00:00.000Z', until: '2026-10-25T01:30:01.000Z', what: 'closes the second time' },
  ])('Berlin $hours: $what', ({ hours, from, until }) => {
    const before = from < '2026-06' ? at('2026-03-28T22:00:00Z') : at('2026-10-24T22:00:00Z')
    const w = berlin(hours)
    const opens = nextOpening(w, Math.max(before, at(from) - 3_600_000)) ?? Number.NaN
    expect(text(opens)).toBe(from)
    expect(isOpen(w, opens - 1)).toBe(false)
    expect(text(closesAt(w, opens))).toBe(until)
  })

  it('a weekly window that the clock leaves out opens a week later', () => {
    const sunday = berlin('02:10-02:50', ['su'])
    expect(text(nextOpening(sunday, at('2026-03-23T12:00:00Z')))).toBe('2026-04-05T00:10:00.000Z')
  })

  it('a day that begins at one o’clock opens with its first moment', () => {
    // Beirut leaves out 2026-03-29 00:00 to 01:00
    const beirut = window({ days: ['su'], startTime: '00:00', endTime: '03:00', timeZone: 'Asia/Beirut' })
    expect(text(nextOpening(beirut, at('2026-03-28T12:00:00Z')))).toBe('2026-03-28T22:00:00.000Z')
  })

  it('open, next opening and closing agree at every moment of every zone', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Beirut', 'Australia/Lord_Howe', 'America/Havana', 'Pacific/Apia']
    const second = fc.integer({ min: 0, max: 86_399 })
    const windows = fc.record({
      days: fc.subarray([0, 1, 2, 3, 4, 5, 6]).map((d) => new Set(d)),
      startSecond: second,
      endSecond: second,
      timeZone: fc.constantFrom(...zones),
    })
    const moments = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') })
    fc.assert(
      fc.property(windows, moments, (w, now) => {
        const open = isOpen(w, now)
        const next = nextOpening(w, now)
        expect(next === now).toBe(open)
        if (next !== undefined && next > now) {
          expect(isOpen(w, next)).toBe(true)
          expect(isOpen(w, next - 1)).toBe(false)
        }
        const closes = closesAt(w, now)
        if (!open) expect(closes).toBeUndefined()
        if (closes !== undefined) {
          expect(isOpen(w, closes - 1)).toBe(true)
          expect(isOpen(w, closes)).toBe(false)
        }
      }),
      { numRuns: 300 },
    )
  })
})
