import { describe, expect, it } from 'vitest'
import { decidePlan } from './decide-plan.ts'
import { aNode, aPlan, noonMs, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import { doneLabel, reached, threeNodes } from './rollout.test-support.ts'

describe('failures', () => {
  it('points 62 and 63, defect 3: a failed Job keeps its slot and says why; nothing is tried again in silence', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), threeNodes()))
    const [node = ''] = world.settle().status.applying ?? []
    world.begin(node)
    world.fail(node)
    expect(world.settle().status.applying).toEqual([node])
    expect(world.condition()).toMatchObject({ status: 'False', reason: 'JobFailed' })
    expect(world.condition()?.message).toMatch(
      new RegExp(
        `^Job system-upgrade/apply-server-plan-on-${node}-with-\\S+ failed on Node ${node}: BackoffLimitExceeded: .*last lines: the last line$`,
      ),
    )
    expect(world.events.filter((e) => e.reason === 'JobFailed')).toHaveLength(1)
    world.nowMs += 3_600_000
    world.facts = { ...world.facts, jobs: [] }
    world.settle()
    expect(world.condition()).toMatchObject({ reason: 'JobFailed' })
    expect(world.done.filter((a) => a.kind === 'CreateJob')).toHaveLength(1)
  })

  it('defect 7: a failed node that is Ready is made schedulable again, one that is not Ready stays cordoned', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), [aNode('n1')]))
    world.settle()
    world.begin('n1')
    world.fail('n1')
    world.setNode('n1', { ready: false })
    world.settle()
    expect(world.node('n1').unschedulable).toBe(true)
    world.setNode('n1', { ready: true })
    world.settle()
    expect(world.node('n1').unschedulable).toBe(false)
    world.setNode('n1', { unschedulable: true })
    world.settle()
    expect(world.node('n1').unschedulable).toBe(true)
  })

  it('defect 4: a failure stays in the condition while other nodes go on', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { concurrency: 2 } }), threeNodes()))
    const [first = '', second = ''] = world.settle().status.applying ?? []
    world.begin(first)
    world.begin(second)
    world.fail(first)
    world.settle()
    world.succeed(second, reached)
    world.settle()
    expect(world.facts.plan.status?.applying).toHaveLength(2)
    expect(world.condition()).toMatchObject({ reason: 'JobFailed' })
  })

  it('point 29: a failed Job is replaced when the Plan makes another one', () => {
    const world = new PlanWorld(someFacts(aPlan(), [aNode('n1')]))
    world.settle()
    world.begin('n1')
    world.fail('n1')
    world.settle()
    const edited = aPlan({ spec: { upgrade: { image: 'rancher/k3s-upgrade', args: ['again'] } }, generation: 2 })
    world.facts = { ...world.facts, plan: { ...edited, status: world.facts.plan.status ?? {} } }
    world.settle()
    expect(world.done.filter((a) => a.kind === 'CreateJob')).toHaveLength(2)
    world.begin('n1')
    world.succeed('n1', reached)
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'True' })
  })

  it('falkirk.dev/retry: tries again after a growing pause, then stands', () => {
    const plan = aPlan({ spec: { cordon: true }, annotations: { 'falkirk.dev/retry': 'count=2,backoff=30s' } })
    const world = new PlanWorld(someFacts(plan, [aNode('n1')]))
    for (const pauseMs of [30_000, 60_000]) {
      world.settle()
      world.begin('n1')
      world.fail('n1')
      const decision = world.settle()
      expect(world.condition()).toMatchObject({ reason: 'Retrying' })
      expect(decision.wakeAtMs).toBe(world.nowMs + pauseMs)
      world.nowMs += pauseMs
    }
    world.settle()
    expect(world.jobOn('n1')?.annotations['falkirk.dev/attempt']).toBe('3')
    world.begin('n1')
    world.fail('n1')
    world.settle()
    expect(world.condition()).toMatchObject({ reason: 'JobFailed' })
    expect(world.node('n1').unschedulable).toBe(false)
    expect(world.done.filter((a) => a.kind === 'CreateJob')).toHaveLength(3)
  })

  it('says what the API server refused for as long as it is refused', () => {
    const world = new PlanWorld(someFacts(aPlan(), [aNode('n1')]))
    const { status } = decidePlan(world.facts, 'cluster-id', noonMs)
    const facts = { ...world.facts, plan: { ...world.facts.plan, status }, refusals: new Map([['n1', 'jobs is forbidden']]) }
    expect(decidePlan(facts, 'cluster-id', noonMs).status.conditions?.[0]).toMatchObject({
      reason: 'Refused',
      message: 'jobs is forbidden',
    })
  })
})

describe('defect 35: exit code 0 proves nothing', () => {
  it('waits for the version, then says NotReached and does not label the node', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), [aNode('n1')]))
    world.settle()
    world.begin('n1')
    world.succeed('n1')
    world.settle()
    expect(world.condition()?.message).toContain('waiting for v1.20.3-k3s1')
    world.nowMs += world.facts.settings.verifyTimeoutMs
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'False', reason: 'NotReached' })
    expect(world.condition()?.message).toContain('Node n1 reports v1.20.2+k3s1 instead of v1.20.3-k3s1')
    expect(world.node('n1').labels[doneLabel]).toBeUndefined()
    expect(world.node('n1').unschedulable).toBe(false)
    expect(world.events.filter((e) => e.reason === 'NotReached')).toHaveLength(1)
  })

  it('does not ask for a version where the Plan is about something else', () => {
    const plan = aPlan({ spec: { version: 'bookworm', upgrade: { image: 'debian' } } })
    const world = new PlanWorld(someFacts(plan, [aNode('n1')]))
    world.settle()
    world.begin('n1')
    world.succeed('n1')
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'True' })
  })
})
