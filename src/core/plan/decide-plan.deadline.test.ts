import { describe, expect, it } from 'vitest'
import type { PlanAction } from './plan-decision.ts'
import { aNode, aPlan, PlanWorld, someFacts } from './plan-facts.test-support.ts'

function atWork(spec: object): PlanWorld {
  const world = new PlanWorld(someFacts(aPlan({ spec: { ...spec } }), [aNode('n1')]))
  world.settle()
  world.begin('n1')
  return world
}

function edit(world: PlanWorld, spec: object): readonly PlanAction[] {
  const before = world.done.length
  const plan = aPlan({ spec: { ...spec }, generation: 2 })
  world.facts = { ...world.facts, plan: { ...plan, status: world.facts.plan.status ?? {} } }
  world.settle()
  return world.done.slice(before)
}

describe('spec.jobActiveDeadlineSecs that is edited while a Job is at work', () => {
  it('holds for that Job', () => {
    const world = atWork({ jobActiveDeadlineSecs: 60 })
    const name = world.jobOn('n1')?.name
    expect(edit(world, { jobActiveDeadlineSecs: 3600 })).toEqual([{ kind: 'SetDeadline', name, seconds: 3600 }])
    expect(edit(world, { jobActiveDeadlineSecs: 0 })).toEqual([{ kind: 'SetDeadline', name, seconds: null }])
    expect(edit(world, { jobActiveDeadlineSecs: 0, concurrency: 2 })).toEqual([])
  })

  it('is left to the next Job when the Plan means another version by then', () => {
    const world = atWork({ jobActiveDeadlineSecs: 60 })
    expect(edit(world, { jobActiveDeadlineSecs: 3600, version: 'v1.20.4+k3s1' })).toEqual([])
  })

  it('lets a node go on whose Job has passed its deadline, and no node that failed otherwise', () => {
    const late = atWork({ jobActiveDeadlineSecs: 60 })
    late.fail('n1', 'DeadlineExceeded', 'Job was active longer than specified deadline')
    late.settle()
    expect(edit(late, { jobActiveDeadlineSecs: 3600 }).map(({ kind }) => kind)).toEqual(['PatchNode', 'DeleteJob', 'CreateJob'])

    const broken = atWork({ jobActiveDeadlineSecs: 60 })
    broken.fail('n1')
    broken.settle()
    expect(edit(broken, { jobActiveDeadlineSecs: 3600 })).toEqual([])
    expect(broken.condition()).toMatchObject({ reason: 'JobFailed' })
  })
})
