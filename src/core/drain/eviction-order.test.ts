import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ownedBy, sampleBudget, samplePod } from '../../../test/unit/drain-samples.ts'
import { budgetLookup } from './disruption-budget.ts'
import { evictionOrder } from './eviction-order.ts'

const blocked = sampleBudget('blocked', { selector: { matchLabels: { app: 'db' } }, status: { disruptionsAllowed: 0 } })
const slack = sampleBudget('web', { status: { disruptionsAllowed: 1 } })
const wide = sampleBudget('wide', { selector: { matchLabels: { app: 'wide' } }, status: { disruptionsAllowed: 5 } })

describe('evictionOrder', () => {
  it('what has slack goes first, low priority before high, DaemonSet pods last', () => {
    const pods = [
      samplePod('daemon', { labels: {}, controller: ownedBy('DaemonSet', 'gone'), priority: -1 }),
      samplePod('db', { labels: { app: 'db' }, priority: -5 }),
      samplePod('vip', { labels: {}, priority: 1000 }),
      samplePod('b'),
      samplePod('wide', { labels: { app: 'wide' } }),
      samplePod('a'),
      samplePod('free', { labels: {} }),
    ]
    const order = evictionOrder(pods, budgetLookup([blocked, slack, wide]))
    expect(order.map((p) => p.name)).toEqual(['free', 'wide', 'a', 'b', 'vip', 'db', 'daemon'])
  })

  it('does not depend on the order in which pods were listed', () => {
    const pods = ['a', 'b', 'c', 'd'].map((name, i) => samplePod(name, { priority: i % 2 }))
    fc.assert(
      fc.property(fc.shuffledSubarray(pods, { minLength: 4 }), (mixed) => {
        expect(evictionOrder(mixed, budgetLookup([slack]))).toEqual(evictionOrder(pods, budgetLookup([slack])))
      }),
    )
  })
})
