import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleBudget, samplePod } from '../../../test/unit/drain-samples.ts'
import { budgetStatus } from './budget-status.ts'
import { decideEviction } from './decide-eviction.ts'

const now = 10_000_000
const exhausted = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 }

describe('decideEviction', () => {
  it.each([
    { what: 'Succeeded', pod: samplePod('a', { phase: 'Succeeded' }), expected: { verdict: 'Allow' } },
    { what: 'Failed', pod: samplePod('a', { phase: 'Failed' }), expected: { verdict: 'Allow' } },
    { what: 'ending', pod: samplePod('a', { deletionAtMs: 1 }), expected: { verdict: 'Allow' } },
    {
      what: 'Pending',
      pod: samplePod('a', { phase: 'Pending', resourceVersion: '7' }),
      expected: { verdict: 'Allow', resourceVersion: '7' },
    },
  ])('a pod that is $what is let go past any number of budgets', ({ pod, expected }) => {
    expect(decideEviction(pod, [sampleBudget('a', { status: exhausted }), sampleBudget('b')], now)).toEqual(expected)
  })

  it('a pod without a budget is let go', () => expect(decideEviction(samplePod('a'), [], now)).toEqual({ verdict: 'Allow' }))

  it('more than one budget: 500, reason empty, names neither, no Retry-After', () => {
    const got = decideEviction(samplePod('a'), [sampleBudget('one'), sampleBudget('two')], now)
    expect(got).toEqual({ verdict: 'Refuse', code: 500, reason: '', message: expect.stringContaining('more than one PodDisruptionBudget') })
  })

  it('uses up one disruption and remembers the pod', () => {
    const budget = sampleBudget('web', { status: { disruptionsAllowed: 2, disruptedPods: { b: 5 } } })
    const status = { ...budget.status, disruptionsAllowed: 1, disruptedPods: { b: 5, a: now } }
    expect(decideEviction(samplePod('a'), [budget], now)).toEqual({ verdict: 'Allow', consumes: { budget, status } })
  })

  it('an exhausted budget: 429 with what it needs and has, no Retry-After', () => {
    expect(decideEviction(samplePod('a'), [sampleBudget('web', { status: exhausted })], now)).toEqual({
      verdict: 'Refuse',
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      cause: 'The disruption budget web needs 2 healthy pods and has 2 currently',
    })
  })

  it('a budget that failed to sync: 429 with the failure', () => {
    const got = decideEviction(samplePod('a'), [sampleBudget('web', { status: { disruptionsAllowed: 0, syncFailed: 'no scale' } })], now)
    expect(got).toMatchObject({ code: 429, cause: expect.stringContaining('failed sync: no scale') })
  })

  it('a budget that was changed and not computed since: 429, again in 10 s', () => {
    const got = decideEviction(samplePod('a'), [sampleBudget('web', { generation: 2 })], now)
    expect(got).toMatchObject({ code: 429, retryAfterSeconds: 10, cause: expect.stringContaining('still being processed') })
  })

  it('a negative budget: 403', () => {
    expect(decideEviction(samplePod('a'), [sampleBudget('web', { status: { disruptionsAllowed: -1 } })], now)).toMatchObject({ code: 403 })
  })

  it.each([
    { count: 2_000, verdict: 'Allow' },
    { count: 2_001, verdict: 'Refuse' },
  ])('$count evictions that the controller has not seen: $verdict', ({ count, verdict }) => {
    const disruptedPods = Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, now]))
    expect(decideEviction(samplePod('a'), [sampleBudget('web', { status: { disruptedPods } })], now).verdict).toBe(verdict)
  })

  it.each([
    { policy: 'IfHealthyBudget', healthy: 2, desired: 2, verdict: 'Allow' },
    { policy: 'IfHealthyBudget', healthy: 1, desired: 2, verdict: 'Refuse' },
    { policy: 'IfHealthyBudget', healthy: 0, desired: 0, verdict: 'Refuse' },
    { policy: 'AlwaysAllow', healthy: 1, desired: 2, verdict: 'Allow' },
    { policy: 'AlwaysAllow', healthy: 0, desired: 0, verdict: 'Allow' },
  ] as const)('a pod that is not ready, $policy, $healthy healthy of $desired: $verdict', ({ policy, healthy, desired, verdict }) => {
    const budget = sampleBudget('web', {
      unhealthyPodEvictionPolicy: policy,
      generation: 1,
      status: { disruptionsAllowed: 0, currentHealthy: healthy, desiredHealthy: desired },
    })
    const got = decideEviction(samplePod('a', { ready: false, resourceVersion: '7' }), [budget], now)
    expect(got.verdict).toBe(verdict)
    if (verdict === 'Allow') expect(got).toEqual({ verdict: 'Allow', resourceVersion: '7' })
  })

  it('a burst: as many are let go as were allowed, each is used up once, and the controller agrees afterwards', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat({ max: 12 }), fc.nat({ max: 12 }), (replicas, down, maxUnavailable) => {
        const pods = Array.from({ length: replicas }, (_, i) => samplePod(`p${i}`, { ready: i >= down }))
        const scaleOf = () => ({ kind: 'Scale', controllerUid: 'd', replicas }) as const
        let budget = sampleBudget('web', { maxUnavailable })
        const compute = () => budgetStatus({ budget, pods, scaleOf, nowMs: now })
        budget = { ...budget, status: compute() }
        const before = budget.status.disruptionsAllowed
        let granted = 0
        for (const pod of pods.filter((p) => p.ready)) {
          const got = decideEviction(pod, [budget], now)
          if (got.verdict !== 'Allow' || got.consumes === undefined) continue
          granted++
          budget = { ...budget, status: got.consumes.status }
          expect(budget.status.disruptionsAllowed).toBe(before - granted)
        }
        expect(granted).toBe(before)
        expect(budget.status.disruptionsAllowed).toBe(0)
        expect(compute().disruptionsAllowed).toBe(0)
        if (granted > 0) expect(compute().currentHealthy).toBe(budget.status.desiredHealthy)
      }),
    )
  })
})
