import { describe, expect, it } from 'vitest'
import { aNode, aPlan, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import { reached, rollOut } from './rollout.test-support.ts'

describe('cordons', () => {
  const cordoned = () => new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), [aNode('n1')]))

  it('takes back what the Job cordoned, and forgets the node', () => {
    const world = cordoned()
    rollOut(world)
    expect(world.node('n1')).toMatchObject({ unschedulable: false })
    expect(world.node('n1').journal).toBeUndefined()
  })

  it.each([
    { end: 'succeeds', finish: (world: PlanWorld) => world.succeed('n1', reached) },
    { end: 'fails', finish: (world: PlanWorld) => world.fail('n1') },
  ])('takes back a cordon that it has not seen yet: the Job $end before the watch of nodes has told of it', ({ finish }) => {
    const world = cordoned()
    world.settle()
    world.begin('n1')
    world.setNode('n1', { unschedulable: false })
    finish(world)
    world.settle()
    const patches = world.done.flatMap((a) => (a.kind === 'PatchNode' ? [a.patch] : []))
    expect(patches.at(-1)).toMatchObject({ unschedulable: false })
  })

  it('keeps the journal while a Job that has not begun is withdrawn: its pod may cordon until it ends', () => {
    const world = cordoned()
    world.settle()
    world.facts = { ...world.facts, plan: { ...world.facts.plan, spec: { ...world.facts.plan.spec, version: 'v1.20.4+k3s1' } } }
    const [first] = world.decide().actions.flat()
    expect(first).toMatchObject({ kind: 'DeleteJob', waitsForPods: true })
    world.setJob('n1', { deleting: true })
    expect(world.decide().actions.flat()).toEqual([])
    world.setNode('n1', { unschedulable: true })
    world.facts = { ...world.facts, jobs: [] }
    world.settle()
    world.begin('n1')
    world.succeed('n1', 'v1.20.4+k3s1')
    world.settle()
    expect(world.node('n1')).toMatchObject({ unschedulable: false })
    expect(world.node('n1').journal).toBeUndefined()
  })

  it('defect 7: a node that somebody else had cordoned stays cordoned', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), [aNode('n1', { unschedulable: true })]))
    rollOut(world)
    expect(world.node('n1').unschedulable).toBe(true)
    expect(world.condition()).toMatchObject({ status: 'True' })
  })

  it('point 57: a Plan without cordon or drain leaves an unschedulable node as it is and writes no journal', () => {
    const world = new PlanWorld(someFacts(aPlan(), [aNode('n1', { unschedulable: true })]))
    rollOut(world)
    expect(world.node('n1').unschedulable).toBe(true)
    expect(world.done.filter((a) => a.kind === 'PatchNode')).toHaveLength(1)
  })

  it('defect 6: once a node is done, an administrator may cordon it', () => {
    const world = cordoned()
    rollOut(world)
    world.setNode('n1', { unschedulable: true })
    world.nowMs += 600_000
    world.settle()
    expect(world.node('n1').unschedulable).toBe(true)
  })

  /** A Job as a system-upgrade-controller leaves it: no mark of Falkirk's on it, no journal on its node, which is unschedulable. */
  function takenOver(): PlanWorld {
    const world = cordoned()
    world.settle()
    const { 'falkirk.dev/template': _, ...annotations } = world.jobOn('n1')?.annotations ?? {}
    world.setJob('n1', { annotations })
    world.facts = { ...world.facts, nodes: [{ ...aNode('n1'), unschedulable: true }] }
    return world
  }

  it('makes the node of a taken-over Job schedulable again, as its maker would have', () => {
    const world = takenOver()
    world.begin('n1')
    world.succeed('n1', reached)
    world.settle()
    expect(world.node('n1').unschedulable).toBe(false)
  })

  it('defect 7: makes the node of a taken-over Job that failed schedulable again, and keeps that promise after another try', () => {
    const world = takenOver()
    world.begin('n1')
    world.fail('n1')
    expect(world.settle().status.applying).toEqual(['n1'])
    expect(world.node('n1').unschedulable).toBe(false)
    world.facts = { ...world.facts, jobs: [], plan: { ...world.facts.plan, metadata: { ...world.facts.plan.metadata, generation: 2 } } }
    rollOut(world)
    expect(world.node('n1')).toMatchObject({ unschedulable: false })
    expect(world.node('n1').journal).toBeUndefined()
  })

  it('leaves a node cordoned when its taken-over Job had not begun: that was somebody else', () => {
    const world = takenOver()
    world.setJob('n1', { parallelism: 0 })
    world.facts = { ...world.facts, plan: { ...world.facts.plan, spec: { ...world.facts.plan.spec, version: 'v1.20.4+k3s1' } } }
    world.settle()
    expect(world.done.filter((a) => a.kind === 'DeleteJob')).toHaveLength(1)
    expect(world.node('n1').unschedulable).toBe(true)
  })
})
