import { describe, expect, it } from 'vitest'
import { aPlan, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import { doneLabel, reached, threeNodes } from './rollout.test-support.ts'

describe('postCompleteDelay', () => {
  it('point 54: uncordons at once, labels after the delay, and holds the slot meanwhile', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true, postCompleteDelay: '30s' } }), threeNodes()))
    const [node = ''] = world.settle().status.applying ?? []
    world.begin(node)
    world.succeed(node, reached)
    const decision = world.settle()
    expect(world.node(node).unschedulable).toBe(false)
    expect(world.node(node).labels[doneLabel]).toBeUndefined()
    expect(decision.status.applying).toEqual([node])
    expect(decision.wakeAtMs).toBe(world.nowMs + 30_000)
    expect(world.events.filter((e) => e.reason === 'JobCompleteWaiting')).toEqual([
      { type: 'Normal', reason: 'JobCompleteWaiting', message: `Job completed on Node ${node}, waiting 30s PostCompleteDelay` },
    ])
    world.nowMs += 30_000
    expect(world.settle().status.applying).not.toEqual([node])
    expect(world.node(node).labels[doneLabel]).toBe(world.facts.plan.status?.latestHash)
  })

  it('that is absent waits for nothing, also where the cluster is ahead of the clock of the controller', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), threeNodes()))
    const [node = ''] = world.settle().status.applying ?? []
    world.begin(node)
    world.nowMs += 60_000
    world.succeed(node, reached)
    world.nowMs -= 60_000
    world.settle()
    expect(world.node(node).labels[doneLabel]).toBe(world.facts.plan.status?.latestHash)
    expect(world.events.filter((e) => e.reason === 'JobCompleteWaiting')).toEqual([])
  })
})
