import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatGoDuration, parseGoDuration } from './go-duration.ts'

const second = 1e9

describe('parseGoDuration', () => {
  it.each([
    ['0', 0],
    ['+0', 0],
    ['-0', 0],
    ['0s', 0],
    ['30s', 30 * second],
    ['1h30m', 5400 * second],
    ['-1.5s', -1.5 * second],
    ['+5s', 5 * second],
    ['.5s', 0.5 * second],
    ['5.s', 5 * second],
    ['1m0.000000001s', 60 * second + 1],
    ['100ns', 100],
    ['3us', 3000],
    ['3µs', 3000],
    ['3μs', 3000],
    ['0.1ns', 0],
    ['1h1h', 7200 * second],
    ['2562047h47m16.854775807s', 2 ** 63],
  ])('reads %s', (text, nanoseconds) => {
    expect(parseGoDuration(text)).toBe(nanoseconds)
  })

  it.each([
    '',
    '-',
    '5',
    '5x',
    '5 s',
    ' 5s',
    '5s ',
    '.s',
    '.',
    's',
    '1e3s',
    '5S',
    '--5s',
    '5m-3s',
    '3000000h',
    '5constructor',
    '1d',
    '１s',
  ])('refuses %j', (text) => {
    expect(parseGoDuration(text)).toBeUndefined()
  })
})

describe('formatGoDuration', () => {
  it.each([
    [0, '0s'],
    [60, '60ns'],
    [1000, '1µs'],
    [1500, '1.5µs'],
    [1_000_000, '1ms'],
    [1_500_000, '1.5ms'],
    [2_147_483_647, '2.147483647s'],
    [60 * second, '1m0s'],
    [90 * second, '1m30s'],
    [3600 * second, '1h0m0s'],
    [5400.5 * second, '1h30m0.5s'],
    [-30 * second, '-30s'],
    [400 * 24 * 3600 * second, '9600h0m0s'],
  ])('writes %d ns as %s', (nanoseconds, text) => {
    expect(formatGoDuration(nanoseconds)).toBe(text)
  })

  it('writes what parseGoDuration reads back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (nanoseconds) => {
        expect(parseGoDuration(formatGoDuration(nanoseconds))).toBe(nanoseconds)
      }),
    )
  })
})
