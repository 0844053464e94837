import { describe, expect, it } from 'vitest'
import { parseTimeOfDay } from './time-of-day.ts'

describe('parseTimeOfDay', () => {
  it.each([
    { text: '15:04', clock: [15, 4, 0] },
    { text: '8:00', clock: [8, 0, 0] },
    { text: '08:00', clock: [8, 0, 0] },
    { text: '15:04:05', clock: [15, 4, 5] },
    { text: '8:04:05.5', clock: [8, 4, 5] },
    { text: '03:30pm', clock: [15, 30, 0] },
    { text: '03:30am', clock: [3, 30, 0] },
    { text: '12:30am', clock: [0, 30, 0] },
    { text: '12:30pm', clock: [12, 30, 0] },
    { text: '00:30pm', clock: [12, 30, 0] },
    { text: '15', clock: [15, 0, 0] },
    { text: '9', clock: [9, 0, 0] },
    { text: '05pm', clock: [17, 0, 0] },
    { text: '5pm', clock: [17, 0, 0] },
    { text: '12am', clock: [0, 0, 0] },
    { text: '12pm', clock: [12, 0, 0] },
    { text: '00:00:00', clock: [0, 0, 0] },
    { text: '23:59:59', clock: [23, 59, 59] },
  ])('reads $text', ({ text, clock: [hour = 0, minute = 0, second = 0] }) => {
    expect(parseTimeOfDay(text)).toBe(hour * 3600 + minute * 60 + second)
  })

  it.each(['', ' ', '3:30pm', '3PM', '03:30PM', '24:00', '24', '12:60', '12:00:60', '13pm', '1:2', '12:0', '-1', '8:00 ', 'noon', '123'])(
    'does not take %j for a time of day',
    (text) => expect(parseTimeOfDay(text)).toBeUndefined(),
  )
})
