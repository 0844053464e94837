import { describe, expect, it } from 'vitest'
import { parseRetry } from './retry-policy.ts'

const defaults = { count: 0, backoffMs: 30_000, maxBackoffMs: 600_000 }

describe('parseRetry', () => {
  it.each([
    ['3', { count: 3, backoffMs: 30_000, maxBackoffMs: 600_000 }],
    ['0', { count: 0, backoffMs: 30_000, maxBackoffMs: 600_000 }],
    ['100', { count: 100, backoffMs: 30_000, maxBackoffMs: 600_000 }],
    ['count=3,backoff=30s,max=10m', { count: 3, backoffMs: 30_000, maxBackoffMs: 600_000 }],
    [' max=1h , count=2 ', { count: 2, backoffMs: 30_000, maxBackoffMs: 3_600_000 }],
    ['count=1,backoff=1.5s', { count: 1, backoffMs: 1500, maxBackoffMs: 600_000 }],
    ['count=1,backoff=1h', { count: 1, backoffMs: 3_600_000, maxBackoffMs: 3_600_000 }],
  ])('reads %j', (text, policy) => {
    expect(parseRetry(text, defaults)).toEqual(policy)
  })

  it.each([
    '',
    'yes',
    '-1',
    '1.5',
    '101',
    '1000',
    'backoff=30s',
    'count=',
    'count=x',
    'count=1,count=2',
    'count=1,tries=2',
    'count=1,',
    'count 1',
    '3,backoff=1s',
  ])('says of %j how it is written', (text) => {
    expect(parseRetry(text, defaults)).toBe('write a number from 0 to 100, or count=3,backoff=30s,max=10m')
  })

  it.each([
    ['count=1,backoff=5', 'backoff has to be a duration of 1s to 24h'],
    ['count=1,backoff=0s', 'backoff has to be a duration of 1s to 24h'],
    ['count=1,backoff=-5s', 'backoff has to be a duration of 1s to 24h'],
    ['count=1,max=25h', 'max has to be a duration of 1s to 24h'],
    ['count=1,backoff=5m,max=1m', 'max has to be at least as long as backoff'],
  ])('refuses %j: %s', (text, why) => {
    expect(parseRetry(text, defaults)).toBe(`${why}; write a number from 0 to 100, or count=3,backoff=30s,max=10m`)
  })
})
