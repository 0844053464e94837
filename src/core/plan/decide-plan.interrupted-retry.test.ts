import { describe, expect, it } from 'vitest'
import { aNode, aPlan, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import { reached } from './rollout.test-support.ts'

/** A node whose first try has failed, one more to come, and the pause before it over. */
function retryDue(): PlanWorld {
  const plan = aPlan({ spec: { cordon: true }, annotations: { 'falkirk.dev/retry': 'count=1,backoff=10s' } })
  const world = new PlanWorld(someFacts(plan, [aNode('n1')]))
  world.settle()
  world.begin('n1')
  world.fail('n1')
  world.settle()
  world.nowMs += 10_000
  return world
}

describe('falkirk.dev/retry, when the controller ends or is refused between two of its writes', () => {
  it.each([0, 1, 2])('makes the next try all the same: %i writes were done', (writes) => {
    const world = retryDue()
    const actions = world.decide().actions.flat()
    expect(actions.map(({ kind }) => kind)).toEqual(['PatchNode', 'DeleteJob'])
    for (const action of actions.slice(0, writes)) world.carryOut(action)

    world.settle()
    expect(world.jobOn('n1')).toMatchObject({ annotations: { 'falkirk.dev/attempt': '2' } })
    world.begin('n1')
    world.succeed('n1', reached)
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'True' })
    expect(world.done.filter(({ kind }) => kind === 'CreateJob')).toHaveLength(2)
  })

  it('makes no more tries than it should', () => {
    const world = retryDue()
    const [journal] = world.decide().actions.flat()
    if (journal !== undefined) world.carryOut(journal)
    world.settle()
    world.begin('n1')
    world.fail('n1')
    world.settle()
    expect(world.condition()).toMatchObject({ reason: 'JobFailed' })
    expect(world.done.filter(({ kind }) => kind === 'CreateJob')).toHaveLength(2)
  })

  it('counts a Job that ended without reaching the version in the same way', () => {
    const plan = aPlan({ annotations: { 'falkirk.dev/retry': 'count=1,backoff=10s' } })
    const world = new PlanWorld(someFacts(plan, [aNode('n1')]))
    world.settle()
    world.begin('n1')
    world.succeed('n1')
    world.settle()
    world.nowMs += world.facts.settings.verifyTimeoutMs + 10_000
    const [journal] = world.decide().actions.flat()
    if (journal !== undefined) world.carryOut(journal)
    world.settle()
    expect(world.jobOn('n1')).toMatchObject({ annotations: { 'falkirk.dev/attempt': '2' } })
    expect(world.condition()).toMatchObject({ reason: 'SyncJob' })
  })
})
