import { expect, it } from 'vitest'
import { awaitProof } from './await-proof.ts'

const minuteMs = 60_000

it.each([
  { waitedMs: 0, says: 'cp3 is left out: put it back; it is asked again every 30 s, for 30 more minutes' },
  { waitedMs: 30_000, says: 'cp3 is left out: put it back; it is asked again every 30 s, for 30 more minutes' },
  { waitedMs: 29.5 * minuteMs, says: 'cp3 is left out: put it back; it is asked again every 30 s, for 1 more minute' },
])('a way that is not proven is asked again $waitedMs ms after it was found so', ({ waitedMs, says }) =>
  expect(awaitProof('cp3 is left out: put it back', waitedMs)).toEqual({ kind: 'Again', says }),
)

it('after half an hour the run stops for it', () =>
  expect(awaitProof('cp3 is left out: put it back', 30 * minuteMs)).toEqual({ kind: 'Stop' }))
