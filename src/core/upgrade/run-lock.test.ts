import { expect, it } from 'vitest'
import { judgeRunLock } from './run-lock.ts'

const self = 'a/controller'
const other = 'b/controller'

it.each([
  { what: 'nothing is at stake', lock: undefined, atStake: [], verdict: undefined },
  { what: 'nothing is at stake any more', lock: { holder: other, run: '1' }, atStake: [], verdict: undefined },
  { what: 'there is no Lease yet', lock: undefined, atStake: ['2', '1'], verdict: { kind: 'Take', run: '1' } },
  { what: 'somebody has emptied the Lease', lock: { holder: '', run: '1' }, atStake: ['1'], verdict: { kind: 'Take', run: '1' } },
  { what: 'it is held for this run', lock: { holder: self, run: '1' }, atStake: ['1', '2'], verdict: { kind: 'Held' } },
  { what: 'its run is over', lock: { holder: self, run: '1' }, atStake: ['2'], verdict: { kind: 'Take', run: '2' } },
  { what: 'another looks after them', lock: { holder: other, run: '1' }, atStake: ['1', '2'], verdict: { kind: 'Theirs', holder: other } },
  { what: 'the run of another is over', lock: { holder: other, run: '1' }, atStake: ['2'], verdict: { kind: 'Take', run: '2' } },
])('the lock of runs where $what', ({ lock, atStake, verdict }) => {
  expect(judgeRunLock({ lock, self, atStake: new Set(atStake) })).toEqual(verdict)
})
