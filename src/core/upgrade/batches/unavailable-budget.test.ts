import { describe, expect, it } from 'vitest'
import { several, worker } from '../run-world.test-support.ts'
import { budgetMessage } from './unavailable-budget.ts'

describe('what is said of a pool that may lose no further node', () => {
  it.each([
    { away: several(1, worker), told: '1 node of the pool is NotReady or cordoned (worker-0) and maxUnavailable is 2' },
    {
      away: several(4, worker),
      told: '4 nodes of the pool are NotReady or cordoned (worker-0, worker-1, worker-2) and maxUnavailable is 2',
    },
    {
      away: [worker(0), worker(1, { labels: { 'falkirk.dev/quarantined': 'up' } })],
      told: '2 nodes of the pool are NotReady or cordoned (worker-0, worker-1) and maxUnavailable is 2; worker-1 was set aside: mend and uncordon it, delete its Node, or raise maxUnavailable',
    },
  ])('$told', ({ away, told }) => expect(budgetMessage(away, 2)).toBe(told))
})
