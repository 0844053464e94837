import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleBudget, samplePod } from '../../../test/unit/drain-samples.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { budgetStatus, type PodScale } from './budget-status.ts'
import type { BudgetFacts } from './disruption-budget.ts'

const now = 10_000_000
const scaled =
  (replicas: number, controllerUid = 'deployment') =>
  (): PodScale => ({ kind: 'Scale', controllerUid, replicas })
const unmanaged = (): PodScale => ({ kind: 'Unmanaged' })
const withoutScale = (): PodScale => ({ kind: 'Unknown', message: 'fleets.example.com has no scale' })

function pods(count: number, healthy: number): PodFacts[] {
  return Array.from({ length: count }, (_, i) => samplePod(`p${i}`, { ready: i < healthy }))
}

function status(
  spec: Pick<BudgetFacts, 'minAvailable' | 'maxUnavailable'>,
  of: readonly PodFacts[],
  scaleOf: (pod: PodFacts) => PodScale,
  more = {},
) {
  return budgetStatus({ budget: sampleBudget('web', { generation: 3, ...spec, ...more }), pods: of, scaleOf, nowMs: now })
}

describe('budgetStatus: reference vectors', () => {
  it.each([
    { spec: { maxUnavailable: 1 }, scale: 3, count: 3, healthy: 3, desired: 2, allowed: 1 },
    { spec: { maxUnavailable: 1 }, scale: 3, count: 3, healthy: 2, desired: 2, allowed: 0 },
    { spec: { maxUnavailable: 0 }, scale: 3, count: 3, healthy: 3, desired: 3, allowed: 0 },
    { spec: { maxUnavailable: '10%' }, scale: 3, count: 3, healthy: 3, desired: 2, allowed: 1 },
    { spec: { maxUnavailable: '25%' }, scale: 10, count: 10, healthy: 10, desired: 7, allowed: 3 },
    { spec: { minAvailable: '90%' }, scale: 3, count: 3, healthy: 3, desired: 3, allowed: 0 },
    { spec: { minAvailable: '50%' }, scale: 5, count: 5, healthy: 5, desired: 3, allowed: 2 },
    { spec: { minAvailable: 1 }, scale: 1, count: 1, healthy: 1, desired: 1, allowed: 0 },
    { spec: { maxUnavailable: 1 }, scale: 3, count: 4, healthy: 4, desired: 2, allowed: 2 },
    { spec: { maxUnavailable: 1 }, scale: 3, count: 3, healthy: 1, desired: 2, allowed: 0 },
    { spec: { maxUnavailable: 5 }, scale: 3, count: 3, healthy: 3, desired: 0, allowed: 3 },
  ])(
    '$spec, scale $scale, $healthy of $count healthy: needs $desired, lets $allowed go',
    ({ spec, scale, count, healthy, desired, allowed }) => {
      expect(status(spec, pods(count, healthy), scaled(scale))).toMatchObject({
        currentHealthy: healthy,
        desiredHealthy: desired,
        disruptionsAllowed: allowed,
        observedGeneration: 3,
      })
    },
  )

  it('minAvailable 2 over three bare pods: needs 2, lets 1 go', () => {
    expect(status({ minAvailable: 2 }, pods(3, 3), unmanaged)).toMatchObject({ expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 })
  })

  it('maxUnavailable 1 over bare pods: expects none, lets none go, for ever', () => {
    expect(status({ maxUnavailable: 1 }, pods(3, 3), unmanaged)).toMatchObject({
      expectedPods: 0,
      desiredHealthy: 0,
      disruptionsAllowed: 0,
    })
  })

  it('neither field set: lets none go', () => {
    expect(status({}, pods(3, 3), scaled(3))).toMatchObject({ expectedPods: 0, desiredHealthy: 0, disruptionsAllowed: 0 })
  })

  it('pods of a controller without scale: nothing goes, the rest of the status stays', () => {
    const before = { observedGeneration: 1, disruptionsAllowed: 2, currentHealthy: 3, desiredHealthy: 1, expectedPods: 3 }
    const got = status({ maxUnavailable: 1 }, pods(3, 3), withoutScale, { status: before })
    expect(got).toEqual({ ...before, disruptedPods: {}, disruptionsAllowed: 0, syncFailed: 'fleets.example.com has no scale' })
  })

  it('minAvailable as a number needs no scale', () => {
    expect(status({ minAvailable: 1 }, pods(3, 3), withoutScale)).toMatchObject({ disruptionsAllowed: 2 })
  })

  it('a text that is no percentage cannot be computed', () => {
    expect(status({ maxUnavailable: '1' }, pods(3, 3), scaled(3))).toMatchObject({
      disruptionsAllowed: 0,
      syncFailed: expect.stringContaining('1 is no'),
    })
  })

  it('two ReplicaSets of one Deployment count once, two Deployments both', () => {
    const of = pods(6, 6)
    expect(status({ maxUnavailable: 1 }, of, scaled(3))).toMatchObject({ expectedPods: 3 })
    const two = (pod: PodFacts) => scaled(3, pod.name < 'p3' ? 'a' : 'b')()
    expect(status({ maxUnavailable: 1 }, of, two)).toMatchObject({ expectedPods: 6, desiredHealthy: 5, disruptionsAllowed: 1 })
  })

  it('counts only pods that it selects', () => {
    const others = [samplePod('x', { labels: { app: 'db' } }), samplePod('y', { namespace: 'other' })]
    expect(status({ minAvailable: 1 }, [...pods(2, 2), ...others], unmanaged)).toMatchObject({ expectedPods: 2, currentHealthy: 2 })
  })
})

describe('budgetStatus: pods on their way out', () => {
  it('a pod that is ending is not healthy, and no longer disrupted', () => {
    const of = [samplePod('p0', { deletionAtMs: now + 1 }), samplePod('p1'), samplePod('p2')]
    const got = status({ maxUnavailable: 1 }, of, scaled(3), { status: { disruptedPods: { p0: now - 1 } } })
    expect(got).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 0, disruptedPods: {} })
  })

  it.each([
    { ageMs: 0, healthy: 2 },
    { ageMs: 119_999, healthy: 2 },
    { ageMs: 120_000, healthy: 3 },
  ])('an eviction granted $ageMs ms ago: $healthy healthy', ({ ageMs, healthy }) => {
    const got = status({ maxUnavailable: 1 }, pods(3, 3), scaled(3), { status: { disruptedPods: { p0: now - ageMs } } })
    expect(got.currentHealthy).toBe(healthy)
    expect(Object.keys(got.disruptedPods)).toHaveLength(3 - healthy)
  })

  it('forgets an eviction of a pod that is gone', () => {
    expect(status({ maxUnavailable: 1 }, pods(3, 3), scaled(3), { status: { disruptedPods: { old: now } } }).disruptedPods).toEqual({})
  })

  it('a budget that can be computed again says so', () => {
    expect(status({ maxUnavailable: 1 }, pods(3, 3), scaled(3), { status: { syncFailed: 'x' } })).not.toHaveProperty('syncFailed')
  })
})

describe('budgetStatus: invariants', () => {
  const limit = fc.oneof(
    fc.nat({ max: 12 }),
    fc.nat({ max: 120 }).map((p) => `${p}%`),
  )
  const spec = fc.oneof(
    fc.record({ minAvailable: limit }),
    fc.record({ maxUnavailable: limit }),
    fc.constant({} as Pick<BudgetFacts, 'minAvailable' | 'maxUnavailable'>),
  )

  it('0 <= allowed <= max(0, healthy - desired), and the same input gives the same status', () => {
    fc.assert(
      fc.property(spec, fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 12 }), fc.nat({ max: 12 }), (limits, states, scale) => {
        const of = states.map(([ready, ending], i) => samplePod(`p${i}`, { ready, ...(ending ? { deletionAtMs: now } : {}) }))
        const got = status(limits, of, scaled(scale))
        expect(got.disruptionsAllowed).toBeGreaterThanOrEqual(0)
        expect(got.disruptionsAllowed).toBeLessThanOrEqual(Math.max(0, got.currentHealthy - got.desiredHealthy))
        expect(got.currentHealthy).toBe(states.filter(([ready, ending]) => ready && !ending).length)
        expect(status(limits, of, scaled(scale))).toEqual(got)
      }),
    )
  })
})
