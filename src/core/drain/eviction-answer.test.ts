import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BudgetForecast, type EvictionOutcome, firstTryMs, nextTryMs } from './eviction-answer.ts'

function pause(outcome: EvictionOutcome, forecast: BudgetForecast = 'Unknown', tries = 1) {
  return nextTryMs({ outcome, atMs: 1_000_000, tries }, forecast) - 1_000_000
}

const refused: EvictionOutcome = { kind: 'BudgetRefused', message: '' }

describe('nextTryMs', () => {
  it.each<{ what: string; outcome: EvictionOutcome; forecast?: BudgetForecast; tries?: number; ms: number }>([
    { what: 'refused, budgets unknown', outcome: refused, ms: 5_000 },
    { what: 'refused again, budgets unknown', outcome: refused, tries: 2, ms: 10_000 },
    { what: 'refused for long, budgets unknown', outcome: refused, tries: 50, ms: 30_000 },
    { what: 'refused, and the budget has room now', outcome: refused, forecast: 'Allow', tries: 50, ms: 5_000 },
    { what: 'refused, and the budget has no room yet', outcome: refused, forecast: 'Refuse', ms: 30_000 },
    { what: 'refused with Retry-After', outcome: { ...refused, retryAfterMs: 10_000 }, forecast: 'Allow', ms: 10_000 },
    { what: 'no answer, and the budget has no room', outcome: { kind: 'Unavailable', message: '' }, forecast: 'Refuse', ms: 30_000 },
    { what: 'throttled', outcome: { kind: 'Throttled', retryAfterMs: 1_000 }, tries: 9, ms: 1_000 },
    { what: 'no answer', outcome: { kind: 'Unavailable', message: '' }, ms: 1_000 },
    { what: 'no answer, fourth time', outcome: { kind: 'Unavailable', message: '' }, tries: 4, ms: 8_000 },
    { what: 'denied', outcome: { kind: 'Denied', message: '' }, ms: 5_000 },
    { what: 'denied for long', outcome: { kind: 'Denied', message: '' }, tries: 99, ms: 60_000 },
    { what: 'namespace goes', outcome: { kind: 'NamespaceTerminating' }, tries: 9, ms: 5_000 },
    { what: 'accepted, and nothing happened', outcome: { kind: 'Accepted' }, ms: 120_000 },
  ])('$what: again after $ms ms', ({ outcome, forecast, tries, ms }) => expect(pause(outcome, forecast, tries)).toBe(ms))

  it.each([
    { what: 'its budget has changed since, and has room', now: '8', forecast: 'Allow', ms: 1_000 },
    { what: 'its budget is the one that refused', now: '7', forecast: 'Allow', ms: 5_000 },
    { what: 'its budget has changed since, and has no room', now: '8', forecast: 'Refuse', ms: 30_000 },
    { what: 'its budget is gone', now: undefined, forecast: 'Allow', ms: 5_000 },
  ] as const)('refused, and $what: again after $ms ms', ({ now, forecast, ms }) => {
    expect(nextTryMs({ outcome: refused, atMs: 0, tries: 1, budgetVersion: '7' }, forecast, now)).toBe(ms)
  })

  it('keeps Retry-After also where the budget has changed', () => {
    const told = { outcome: { ...refused, retryAfterMs: 10_000 }, atMs: 0, tries: 1, budgetVersion: '7' } as const
    expect(nextTryMs(told, 'Allow', '8')).toBe(10_000)
  })

  it('never asks more often than once a second unless the server says so', () => {
    const kinds: EvictionOutcome[] = [
      refused,
      { kind: 'Unavailable', message: '' },
      { kind: 'Denied', message: '' },
      { kind: 'Accepted' },
      { kind: 'Gone' },
    ]
    const forecasts = fc.constantFrom<BudgetForecast>('Allow', 'Refuse', 'Unknown')
    fc.assert(
      fc.property(fc.constantFrom(...kinds), forecasts, fc.integer({ min: 1, max: 1_000 }), (outcome, forecast, tries) => {
        expect(pause(outcome, forecast, tries)).toBeGreaterThanOrEqual(1_000)
        expect(pause(outcome, forecast, tries)).toBeLessThanOrEqual(120_000)
      }),
    )
  })
})

describe('firstTryMs', () => {
  it('asks at once, unless the known budgets would refuse: then later, for the server has the last word', () => {
    expect(firstTryMs('Allow', 1_000)).toBe(1_000)
    expect(firstTryMs('Unknown', 1_000)).toBe(1_000)
    expect(firstTryMs('Refuse', 1_000)).toBe(31_000)
  })
})
