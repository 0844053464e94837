import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deployment, replicaSet } from '../workload-objects.test-support.ts'
import { decideScaling, isScalingEvent } from './proportional-scaling.ts'

const rolling = (replicas: number, maxSurge = 3, maxUnavailable = 2) =>
  deployment({ replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } })

describe('a change of size', () => {
  it('is noticed by what the ReplicaSets remember', () => {
    const family = { current: replicaSet('new', 3, { desired: 10 }), old: [replicaSet('old', 0, { desired: 5 })] }
    expect(isScalingEvent(rolling(10), family)).toBe(false)
    expect(isScalingEvent(rolling(11), family)).toBe(true)
  })

  it('in a rollout is shared out in proportion: 15 for 10 adds 3 to 8, 2 to 5', () => {
    const family = { current: replicaSet('new', 5, { max: 13 }), old: [replicaSet('old', 8, { max: 13 })] }
    const sizes = Object.fromEntries(decideScaling(rolling(15), family).map(({ set, to }) => [set.metadata.name, to]))
    expect(sizes).toEqual({ old: 11, new: 7 })
  })

  it('to 0 takes all pods away', () => {
    const family = { current: replicaSet('new', 5, { max: 13 }), old: [replicaSet('old', 8, { max: 13 })] }
    expect(decideScaling(rolling(0), family).map(({ to }) => to)).toEqual([0, 0])
  })

  it('goes to the only ReplicaSet that is scaled up, old or new', () => {
    const [empty, old] = [replicaSet('new', 0), replicaSet('old', 4)]
    expect(decideScaling(rolling(6), { current: empty, old: [old] })).toEqual([{ set: old, to: 6 }])
    expect(decideScaling(rolling(4), { current: empty, old: [old] })).toEqual([])
  })

  it('empties the old ones when the new one has all pods', () => {
    const old = replicaSet('old', 2, { max: 5 })
    const family = { current: replicaSet('new', 4, { desired: 4, max: 5 }), old: [old] }
    expect(decideScaling(rolling(4), family)).toEqual([{ set: old, to: 0 }])
  })

  it('always comes to the new size and its surge, and never below 0', () => {
    const size = fc.integer({ min: 1, max: 30 })
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 5 }), (a, b, replicas, surge) => {
        const family = { current: replicaSet('new', a, { available: 0, max: a + b }), old: [replicaSet('old', b, { max: a + b })] }
        const sizes = decideScaling(rolling(replicas, surge), family).map(({ to }) => to)
        expect(Math.min(...sizes)).toBeGreaterThanOrEqual(0)
        expect(sizes.reduce((total, to) => total + to, 0)).toBe(replicas + surge)
      }),
    )
  })
})
