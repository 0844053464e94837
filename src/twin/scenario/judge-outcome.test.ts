import { describe, expect, it } from 'vitest'
import { judgeOutcome, type Outcome } from './judge-outcome.ts'
import type { Expectation } from './scenario-schema.ts'

const outcome: Outcome = {
  verdict: 'Stuck',
  tookMs: 600_000,
  causes: [{ reason: 'BudgetExhausted', object: 'default/web', message: 'needs 2 healthy of 2 pods, has 2' }],
  disruptions: [{ service: 'default/web', leastReady: 0, awayMs: 7_000 }],
  apiAwayMs: 10_000,
}

describe('an outcome is held against what was expected', () => {
  it.each<{ what: string; expected: Expectation; problems: string[] }>([
    { what: 'the same verdict', expected: { verdict: 'Stuck' }, problems: [] },
    {
      what: 'another verdict, with what was found',
      expected: { verdict: 'Finishes' },
      problems: ['it is stuck after 600s, expected was Finishes: BudgetExhausted default/web: needs 2 healthy of 2 pods, has 2'],
    },
    {
      what: 'a cause by the begin of its object',
      expected: { verdict: 'Stuck', causes: [{ reason: 'BudgetExhausted', object: 'default/*' }] },
      problems: [],
    },
    {
      what: 'a cause by a part of its message',
      expected: { verdict: 'Stuck', causes: [{ reason: 'BudgetExhausted', message: 'has 2' }] },
      problems: [],
    },
    {
      what: 'a cause of another object',
      expected: { verdict: 'Stuck', causes: [{ reason: 'BudgetExhausted', object: 'default/we' }] },
      problems: [
        'no cause is {"reason":"BudgetExhausted","object":"default/we"}; found: BudgetExhausted default/web: needs 2 healthy of 2 pods, has 2',
      ],
    },
    {
      what: 'an outage within its bounds',
      expected: { verdict: 'Stuck', outages: [{ service: 'default/web', atLeast: 7000, atMost: 7000 }] },
      problems: [],
    },
    {
      what: 'an outage beyond them',
      expected: { verdict: 'Stuck', outages: [{ service: 'default/web', atMost: 6999 }] },
      problems: ['the Service default/web was without endpoints for 7s, expected were at most 6.999s'],
    },
    {
      what: 'a Service that never was there',
      expected: { verdict: 'Stuck', outages: [{ service: 'default/none' }] },
      problems: ['the Service default/none had no ready endpoint when it began'],
    },
    {
      what: 'the API away too shortly',
      expected: { verdict: 'Stuck', apiAway: { atLeast: 11_000 } },
      problems: ['the API was away for 10s, expected were at least 11s'],
    },
    { what: 'too much time', expected: { verdict: 'Stuck', within: 60_000 }, problems: ['it took 600s, at most 60s was expected'] },
  ])('$what', ({ expected, problems }) => {
    expect(judgeOutcome(outcome, expected)).toEqual(problems)
  })
})
