import { describe, expect, it } from 'vitest'
import { aNode, aPlan, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import { doneLabel, reached, threeNodes } from './rollout.test-support.ts'

describe('a Plan that changes in the middle', () => {
  const v4 = { version: 'v1.20.4+k3s1' }

  function changed(world: PlanWorld, spec: Record<string, unknown>) {
    const plan = aPlan({ spec, generation: 2 })
    world.facts = { ...world.facts, plan: { ...plan, status: world.facts.plan.status ?? {} } }
  }

  it('point 58, defect 5: a Job at work ends first, then the new version begins', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), [aNode('n1')]))
    world.settle()
    world.begin('n1')
    changed(world, { cordon: true, ...v4 })
    world.settle()
    expect(world.done.filter((a) => a.kind === 'DeleteJob')).toEqual([])
    expect(world.condition()?.message).toContain('ends first')
    world.succeed('n1', reached)
    world.settle()
    expect(world.jobOn('n1')?.labels['upgrade.cattle.io/version']).toBe('v1.20.4-k3s1')
    world.begin('n1')
    world.succeed('n1', v4.version)
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'True' })
    expect(world.node('n1').unschedulable).toBe(false)
  })

  it('point 58: a Job of the old version that has not begun is replaced at once: its image may not even exist', () => {
    const world = new PlanWorld(someFacts(aPlan(), [aNode('n1')]))
    world.settle()
    world.setJob('n1', { active: 1 })
    changed(world, v4)
    world.settle()
    expect(world.jobOn('n1')?.labels['upgrade.cattle.io/version']).toBe('v1.20.4-k3s1')
  })

  it('a node that is disabled in the middle ends its Job, gets its scheduling back, and is not labelled', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), threeNodes()))
    const [node = ''] = world.settle().status.applying ?? []
    world.begin(node)
    world.setNode(node, { labels: { ...world.node(node).labels, [doneLabel]: 'disabled' } })
    expect(world.settle().status.applying).toEqual([node])
    world.succeed(node, reached)
    expect(world.settle().status.applying).not.toEqual([node])
    expect(world.node(node)).toMatchObject({ unschedulable: false })
    expect(world.node(node).labels[doneLabel]).toBe('disabled')
  })

  it('an invalid Plan starts nothing, and what has begun ends as usual', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), threeNodes()))
    const [node = ''] = world.settle().status.applying ?? []
    world.begin(node)
    changed(world, { cordon: true, postCompleteDelay: '-30s' })
    world.succeed(node, reached)
    world.settle()
    expect(world.condition()).toMatchObject({ reason: 'NotReady' })
    expect(world.condition('Validated')).toMatchObject({ status: 'False', message: 'spec.postCompleteDelay is negative' })
    expect(world.node(node).unschedulable).toBe(false)
    expect(world.done.filter((a) => a.kind === 'CreateJob')).toHaveLength(1)
  })
})

describe('a Plan that is edited after a node has failed', () => {
  const changesJob = { upgrade: { image: 'rancher/k3s-upgrade', args: ['again'] } }
  const leavesJob = { concurrency: 2 }

  function failed(reason: string): PlanWorld {
    const world = new PlanWorld(someFacts(aPlan(), [aNode('n1')]))
    world.settle()
    world.begin('n1')
    if (reason === 'NotReached') world.succeed('n1')
    else world.fail('n1')
    world.settle()
    world.nowMs += world.facts.settings.verifyTimeoutMs
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'False', reason })
    return world
  }

  function edit(world: PlanWorld, spec: Record<string, unknown>): void {
    world.facts = { ...world.facts, plan: { ...aPlan({ spec, generation: 2 }), status: world.facts.plan.status ?? {} } }
    world.settle()
  }

  function jobsGo(world: PlanWorld): void {
    world.facts = { ...world.facts, jobs: world.facts.jobs.filter((job) => job.end === undefined) }
    world.settle()
  }

  const created = (world: PlanWorld) => world.done.filter(({ kind }) => kind === 'CreateJob').length

  const reasons = ['JobFailed', 'NotReached']

  it.each(reasons)('%s: the node is tried again at once where another Job would be made', (reason) => {
    const world = failed(reason)
    edit(world, changesJob)
    expect(created(world)).toBe(2)
    world.begin('n1')
    world.succeed('n1', reached)
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'True' })
  })

  it.each(reasons)('%s: the node is tried again when the ended Job has gone, whatever was edited', (reason) => {
    const world = failed(reason)
    const told = world.events.length
    edit(world, leavesJob)
    expect([created(world), world.condition()?.reason, world.events.length]).toEqual([1, reason, told])
    jobsGo(world)
    expect(created(world)).toBe(2)
  })

  it.each(reasons)('%s: nothing is tried again without an edit', (reason) => {
    const world = failed(reason)
    jobsGo(world)
    world.nowMs += 86_400_000
    world.settle()
    expect([created(world), world.condition()?.reason]).toEqual([1, reason])
  })

  it('NotReached: a node that has come to the version meanwhile is done', () => {
    const world = failed('NotReached')
    world.setNode('n1', { kubeletVersion: reached })
    edit(world, changesJob)
    expect([created(world), world.condition()?.status]).toEqual([1, 'True'])
  })
})
