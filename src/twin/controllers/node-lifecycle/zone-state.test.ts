import { describe, expect, it } from 'vitest'
import { evictionRates, isCutOff, zoneState } from './zone-state.ts'

describe('how disrupted a zone is', () => {
  it.each([
    { ready: 3, notReady: 0, state: 'Normal' },
    { ready: 1, notReady: 2, state: 'Normal' },
    { ready: 2, notReady: 3, state: 'Partial' },
    { ready: 9, notReady: 11, state: 'Partial' },
    { ready: 10, notReady: 10, state: 'Normal' },
    { ready: 0, notReady: 1, state: 'Full' },
    { ready: 0, notReady: 0, state: 'Normal' },
  ])('$ready ready and $notReady not: $state', ({ ready, notReady, state }) => {
    expect(zoneState({ ready, notReady })).toBe(state)
  })
})

describe('how fast nodes are tainted', () => {
  it.each([
    { zones: { a: [9, 1] }, rates: { a: 0.1 } },
    { zones: { a: [20, 30] }, rates: { a: 0 } },
    { zones: { a: [21, 30] }, rates: { a: 0.01 } },
    { zones: { a: [0, 3], b: [3, 0] }, rates: { a: 0.1, b: 0.1 } },
    { zones: { a: [0, 3], b: [0, 3] }, rates: { a: 0, b: 0 } },
    { zones: { a: [0, 1] }, rates: { a: 0 } },
  ])('$zones: $rates nodes a second', ({ zones, rates }) => {
    const counts = new Map(Object.entries(zones).map(([zone, [ready = 0, notReady = 0]]) => [zone, { ready, notReady }]))
    expect(Object.fromEntries(evictionRates(counts))).toEqual(rates)
  })

  it('a cluster without nodes is not cut off', () => {
    expect(isCutOff(new Map())).toBe(false)
  })
})
