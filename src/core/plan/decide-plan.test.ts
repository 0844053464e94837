import { describe, expect, it } from 'vitest'
import { decidePlan } from './decide-plan.ts'
import { aNode, aPlan, noonMs, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import { doneLabel, reached, rollOut, threeNodes } from './rollout.test-support.ts'

describe('a rollout', () => {
  it('takes one node after another, labels each, and is then complete', () => {
    const world = new PlanWorld(someFacts(aPlan(), threeNodes()))
    expect(rollOut(world).toSorted()).toEqual(['n1', 'n2', 'n3'])
    expect(world.condition()).toMatchObject({ status: 'True', reason: 'Complete' })
    expect(world.facts.nodes.every((n) => n.labels[doneLabel] === world.facts.plan.status?.latestHash)).toBe(true)
    expect(world.done.filter((a) => a.kind === 'CreateJob')).toHaveLength(3)
  })

  it('names a node in status.applying before its Job exists', () => {
    const facts = someFacts(aPlan(), threeNodes())
    const first = decidePlan(facts, 'cluster-id', noonMs)
    expect(first.status.applying).toHaveLength(1)
    expect(first.actions).toEqual([])
    const second = decidePlan({ ...facts, plan: { ...facts.plan, status: first.status } }, 'cluster-id', noonMs)
    expect(second.actions.flat().map((a) => a.kind)).toEqual(['CreateJob'])
  })

  it('decides the same from the same facts, and nothing twice', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { concurrency: 2, cordon: true } }), threeNodes()))
    const settled = world.settle()
    expect(decidePlan(world.facts, 'cluster-id', noonMs)).toEqual(decidePlan(world.facts, 'cluster-id', noonMs))
    expect(settled.actions).toEqual([])
  })

  it('point 36: an absent nodeSelector selects nothing and completes', () => {
    const plan = aPlan()
    const { nodeSelector: _, ...spec } = plan.spec
    const { status } = decidePlan(someFacts({ ...plan, spec }, threeNodes()), 'cluster-id', noonMs)
    expect(status.conditions?.[0]).toMatchObject({ type: 'Complete', status: 'True' })
  })

  it('point 37: {} selects every node that has a hostname label', () => {
    const bare = { ...aNode('bare'), labels: {} }
    const { status } = decidePlan(someFacts(aPlan({ spec: { concurrency: 9 } }), [...threeNodes(), bare]), 'cluster-id', noonMs)
    expect(status.applying).toEqual(['n1', 'n2', 'n3'])
  })

  it.each([0, -1])('point 38: concurrency %i starts nothing and completes', (concurrency) => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { concurrency } }), threeNodes()))
    expect(world.settle().status.applying).toBeUndefined()
    expect(world.condition()).toMatchObject({ status: 'True' })
  })

  it('points 39 to 41: a disabled node and a done node are left out, one that is done with another hash is not', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { concurrency: 9 } }), []))
    const hash = world.settle().status.latestHash ?? ''
    const nodes = [
      aNode('disabled', { labels: { [doneLabel]: 'disabled' } }),
      aNode('done', { labels: { [doneLabel]: hash } }),
      aNode('older', { labels: { [doneLabel]: 'f00' } }),
    ]
    world.facts = { ...world.facts, nodes }
    expect(world.settle().status.applying).toEqual(['older'])
  })

  it('point 42: a done node gives its slot to the next one in the same decision', () => {
    const world = new PlanWorld(someFacts(aPlan(), threeNodes()))
    const [first = ''] = world.settle().status.applying ?? []
    world.begin(first)
    world.succeed(first, reached)
    const next = world.settle().status.applying
    expect(next).toHaveLength(1)
    expect(next).not.toEqual([first])
  })

  it('point 43: nodes in progress stay when concurrency is lowered', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { concurrency: 3 } }), threeNodes()))
    world.settle()
    for (const n of ['n1', 'n2', 'n3']) world.begin(n)
    world.facts = { ...world.facts, plan: { ...world.facts.plan, spec: { ...world.facts.plan.spec, concurrency: 1 } } }
    expect(world.settle().status.applying).toEqual(['n1', 'n2', 'n3'])
  })

  it('point 45: applying holds hostnames, ordered by node name', () => {
    const nodes = [
      aNode('b', { labels: { 'kubernetes.io/hostname': 'a-host' } }),
      aNode('a', { labels: { 'kubernetes.io/hostname': 'z-host' } }),
    ]
    const { status } = decidePlan(someFacts(aPlan({ spec: { concurrency: 2 } }), nodes), 'cluster-id', noonMs)
    expect(status.applying).toEqual(['z-host', 'a-host'])
  })

  it('defect 2: a Job on a node whose hostname is not its name is left at work', () => {
    const nodes = [aNode('n1.example.org', { labels: { 'kubernetes.io/hostname': 'ip-10-0-0-1' } })]
    const world = new PlanWorld(someFacts(aPlan(), nodes))
    world.settle()
    world.begin('n1.example.org')
    world.settle()
    expect(world.done.map((a) => a.kind)).toEqual(['CreateJob'])
  })

  it('defect 1: a Job that is gone while its node is in progress is made again', () => {
    const world = new PlanWorld(someFacts(aPlan(), threeNodes()))
    world.settle()
    world.facts = { ...world.facts, jobs: [] }
    world.settle()
    expect(world.done.map((a) => a.kind)).toEqual(['CreateJob', 'CreateJob'])
  })

  it('runs a node again when its label is taken away, not from the Job of the last time', () => {
    const world = new PlanWorld(someFacts(aPlan(), [aNode('n1')]))
    rollOut(world)
    world.setNode('n1', { labels: { 'kubernetes.io/hostname': 'n1' } })
    world.settle()
    expect(world.done.map((a) => a.kind)).toEqual(['CreateJob', 'PatchNode', 'DeleteJob', 'CreateJob'])
  })

  it('point 60: the Job of a node that is gone is deleted, and its slot is free', () => {
    const world = new PlanWorld(someFacts(aPlan(), threeNodes()))
    const [first] = world.settle().status.applying ?? []
    world.facts = { ...world.facts, nodes: world.facts.nodes.filter((n) => n.name !== first) }
    const { status } = world.settle()
    expect(status.applying).toHaveLength(1)
    expect(world.done.some((a) => a.kind === 'DeleteJob')).toBe(true)
  })

  it('stands still on facts that are minutes old', () => {
    const decision = decidePlan(someFacts(aPlan(), threeNodes(), { factsAgeMs: 600_000 }), 'cluster-id', noonMs)
    expect(decision).toMatchObject({ status: {}, actions: [], events: [] })
    expect(decision.wakeAtMs).toBeGreaterThan(noonMs)
  })
})
