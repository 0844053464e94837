import { expect, it } from 'vitest'
import { parseRetryAfter } from './answer-error.ts'

const nowMs = Date.parse('2026-01-01T00:00:00Z')

it.each([
  ['1', 1_000],
  [' 30 ', 30_000],
  ['0', 0],
  ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
  ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['', undefined],
  ['99999999999', undefined],
  [undefined, undefined],
])('Retry-After "%s" is a pause of %s ms', (header, ms) => {
  expect(parseRetryAfter(header, nowMs)).toBe(ms)
})
