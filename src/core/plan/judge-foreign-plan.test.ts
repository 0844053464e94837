import { describe, expect, it } from 'vitest'
import { judgeForeignPlan } from './judge-foreign-plan.ts'

const by = { name: 'system-upgrade-controller', namespace: 'system-upgrade' }
const plan = { namespace: 'default', createdAtMs: 1_000_000, served: false }

describe('a Plan in another namespace', () => {
  it('point 80: is left to the controller that serves it', () => {
    expect(judgeForeignPlan({ ...plan, served: true }, by, 2_000_000)).toEqual({ kind: 'Served' })
  })

  it('is given 30 seconds in which another controller may say something', () => {
    expect(judgeForeignPlan(plan, by, 1_000_000)).toEqual({ kind: 'Later', atMs: 1_030_000 })
    expect(judgeForeignPlan(plan, by, 1_029_999)).toEqual({ kind: 'Later', atMs: 1_030_000 })
  })

  it('is told then that nobody looks after it, and where one would', () => {
    expect(judgeForeignPlan(plan, by, 1_030_000)).toEqual({
      kind: 'Unserved',
      event: {
        type: 'Warning',
        reason: 'NotServed',
        message:
          'no controller looks after this Plan: system-upgrade-controller serves Plans in namespace system-upgrade alone; create it there, or run a controller for namespace default',
      },
    })
  })
})
