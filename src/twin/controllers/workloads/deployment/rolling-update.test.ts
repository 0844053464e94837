import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deployment, replicaSet } from '../workload-objects.test-support.ts'
import type { ReplicaSetObject } from '../workload-objects.ts'
import { decideRollingUpdate } from './rolling-update.ts'
import { rolloutLimits } from './rollout-limits.ts'

const rolling = (replicas: number, maxSurge: number | string, maxUnavailable: number | string) =>
  deployment({ replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } })

describe('the limits of a rollout', () => {
  it.each([
    { replicas: 10, surge: '25%', unavailable: '25%', limits: { maxSurge: 3, maxUnavailable: 2 } },
    { replicas: 1, surge: '25%', unavailable: '25%', limits: { maxSurge: 1, maxUnavailable: 0 } },
    { replicas: 2, surge: 0, unavailable: '1%', limits: { maxSurge: 0, maxUnavailable: 1 } },
    { replicas: 3, surge: 0, unavailable: 10, limits: { maxSurge: 0, maxUnavailable: 3 } },
    { replicas: 0, surge: '25%', unavailable: 1, limits: { maxSurge: 0, maxUnavailable: 0 } },
  ])('of $replicas with $surge and $unavailable are $limits', ({ replicas, surge, unavailable, limits }) => {
    expect(rolloutLimits(rolling(replicas, surge, unavailable))).toEqual(limits)
  })
})

describe('the next step of a rolling update', () => {
  const step = (of: ReturnType<typeof deployment>, current: ReplicaSetObject, ...old: ReplicaSetObject[]) =>
    decideRollingUpdate(of, { current, old }).map(({ set, to }) => `${set.metadata.name} ${to}`)

  it.each([
    {
      why: 'new pods as far as the surge goes',
      of: rolling(10, 3, 2),
      sets: [replicaSet('new', 0), replicaSet('old', 10)],
      steps: ['new 3'],
    },
    {
      why: 'old pods go while enough are available',
      of: rolling(10, 3, 2),
      sets: [replicaSet('new', 3, { available: 0 }), replicaSet('old', 10)],
      steps: ['old 8'],
    },
    {
      why: 'new pods fill the room',
      of: rolling(10, 3, 2),
      sets: [replicaSet('new', 3, { available: 0 }), replicaSet('old', 8)],
      steps: ['new 5'],
    },
    { why: 'waits for new pods', of: rolling(10, 3, 2), sets: [replicaSet('new', 5, { available: 0 }), replicaSet('old', 8)], steps: [] },
    {
      why: 'a broken old pod is no hindrance',
      of: rolling(10, 3, 2),
      sets: [replicaSet('new', 1, { available: 1 }), replicaSet('old', 12, { available: 9 })],
      steps: ['old 7'],
    },
    {
      why: 'does not hasten when an old pod breaks',
      of: rolling(10, 3, 2),
      sets: [replicaSet('new', 5, { available: 0 }), replicaSet('old', 8, { available: 7 })],
      steps: [],
    },
    { why: 'a new ReplicaSet that is too big shrinks', of: rolling(3, 1, 1), sets: [replicaSet('new', 5)], steps: ['new 3'] },
    { why: 'nothing left to do', of: rolling(3, 1, 1), sets: [replicaSet('new', 3), replicaSet('old', 0)], steps: [] },
  ])('$why', ({ of, sets: [current, ...old], steps }) => {
    expect(step(of, current as ReplicaSetObject, ...old)).toEqual(steps)
  })

  it('never leaves fewer pods than may be missing, nor more than may be too many, and comes to an end', () => {
    const size = fc.integer({ min: 0, max: 12 })
    const share = fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), share, share, size, (replicas, surge, unavailable, before) => {
        const of = rolling(replicas, surge, unavailable)
        const { maxSurge, maxUnavailable } = rolloutLimits(of)
        let sizes = { new: 0, old: Math.min(before, replicas) }
        for (let steps = 0; steps < 100; steps++) {
          const scalings = decideRollingUpdate(of, { current: replicaSet('new', sizes.new), old: [replicaSet('old', sizes.old)] })
          if (scalings.length === 0) break
          const available = sizes.new + sizes.old
          sizes = { ...sizes, ...Object.fromEntries(scalings.map(({ set, to }) => [set.metadata.name, to])) }
          expect(sizes.new + sizes.old).toBeLessThanOrEqual(replicas + maxSurge)
          expect(Math.min(available, sizes.new + sizes.old)).toBeGreaterThanOrEqual(Math.min(available, replicas - maxUnavailable))
        }
        expect(sizes).toEqual({ new: replicas, old: 0 })
      }),
    )
  })
})
