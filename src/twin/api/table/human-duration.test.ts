import { describe, expect, it } from 'vitest'
import { humanDuration, sinceText } from './human-duration.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('humanDuration', () => {
  it.each([
    [-2 * second, '<invalid>'],
    [-second, '0s'],
    [-1, '0s'],
    [0, '0s'],
    [999, '0s'],
    [59 * second, '59s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [5 * minute + 3 * second, '5m3s'],
    [10 * minute + 59 * second, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [7 * hour + 59 * minute, '7h59m'],
    [8 * hour + 59 * minute, '8h'],
    [47 * hour, '47h'],
    [2 * day, '2d'],
    [2 * day + 3 * hour, '2d3h'],
    [8 * day + 3 * hour, '8d'],
    [729 * day, '729d'],
    [730 * day, '2y'],
    [750 * day, '2y20d'],
    [365 * 8 * day + 40 * day, '8y'],
  ])('%i ms is %s', (lengthMs, text) => {
    expect(humanDuration(lengthMs)).toBe(text)
  })
})

describe('sinceText', () => {
  it('says how long ago a time was', () => {
    expect(sinceText('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:05:03Z'))).toBe('5m3s')
  })

  it.each([undefined, null, '', 'yesterday'])('does not know when %j was', (time) => {
    expect(sinceText(time, 0)).toBe('<unknown>')
  })
})
