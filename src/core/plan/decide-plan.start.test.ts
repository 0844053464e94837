import { describe, expect, it } from 'vitest'
import { aNode, aPlan, noonMs, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import { reached, threeNodes } from './rollout.test-support.ts'

describe('what holds a node back', () => {
  it.each([
    { name: 'a downgrade', version: 'v1.20.1+k3s1', node: aNode('n1'), reason: 'Downgrade' },
    { name: 'a skipped minor', version: 'v1.22.1+k3s1', node: aNode('n1', { controlPlane: true }), reason: 'SkippedMinor' },
    { name: 'a kubelet above its API server', version: 'v1.21.1+k3s1', node: aNode('n1'), reason: 'KubeletAboveApiServer' },
  ])('defect 28: $name touches no node and says so', ({ version, node, reason }) => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { version, cordon: true } }), [node], { apiServer: 'v1.20.2+k3s1' }))
    expect(world.settle().status.applying).toBeUndefined()
    expect(world.condition()).toMatchObject({ status: 'False', reason })
    expect(world.done).toEqual([])
    expect(world.events.filter((e) => e.reason === reason)).toHaveLength(1)
  })

  it('a ClusterUpgrade at work lets no node begin; those that have begun finish, and the rest follows when it has ended', () => {
    const world = new PlanWorld(someFacts(aPlan(), [aNode('n1'), aNode('n2')]))
    const [first = ''] = world.settle().status.applying ?? []
    world.begin(first)
    world.facts = { ...world.facts, upgradeAtWork: 'to-1-34' }
    expect(world.settle().status.applying).toEqual([first])
    world.succeed(first, reached)
    expect(world.settle().status.applying).toBeUndefined()
    expect(world.condition()).toMatchObject({
      status: 'False',
      reason: 'ClusterUpgrade',
      message: expect.stringMatching(/^Node n\d waits: ClusterUpgrade to-1-34 is at work on this cluster; it ends first, or cancel it/),
    })
    const { upgradeAtWork: _, ...without } = world.facts
    world.facts = without
    expect(world.settle().status.applying).toHaveLength(1)
  })

  it('falkirk.dev/allow opts out', () => {
    const plan = aPlan({ spec: { version: 'v1.20.1+k3s1' }, annotations: { 'falkirk.dev/allow': 'downgrade' } })
    expect(new PlanWorld(someFacts(plan, [aNode('n1')])).settle().status.applying).toEqual(['n1'])
  })

  it('defect 29: a control-plane node waits until the one before it is Ready', () => {
    const nodes = [aNode('cp1', { controlPlane: true }), aNode('cp2', { controlPlane: true })]
    const world = new PlanWorld(someFacts(aPlan(), nodes))
    const [first = ''] = world.settle().status.applying ?? []
    world.begin(first)
    world.setNode(first, { ready: false })
    world.succeed(first, reached)
    expect(world.settle().status.applying).toEqual([first])
    expect(world.condition()?.message).toBe(`Node ${first} is not Ready after its upgrade`)
    world.setNode(first, { ready: true })
    expect(world.settle().status.applying).not.toEqual([first])
  })

  it('defect 29: no control-plane node starts while another is not Ready; workers may', () => {
    const nodes = [aNode('cp1', { controlPlane: true, ready: false }), aNode('cp2', { controlPlane: true }), aNode('w1')]
    const world = new PlanWorld(someFacts(aPlan({ spec: { concurrency: 1 } }), nodes))
    expect(world.settle().status.applying).not.toContain('cp2')
    const gated = new PlanWorld(
      someFacts(aPlan({ annotations: { 'falkirk.dev/health-gate': 'all' } }), [...nodes.slice(0, 1), aNode('w1')]),
    )
    gated.settle()
    expect(gated.facts.plan.status?.applying ?? []).not.toContain('w1')
  })

  it('points 64 and 65, defect 9: the window gates the start; `strict` gates every node', () => {
    const window = { days: ['saturday'], startTime: '11:00', endTime: '12:30', timeZone: 'UTC' }
    for (const annotations of [{}, { 'falkirk.dev/window': 'strict' }]) {
      const world = new PlanWorld(someFacts(aPlan({ spec: { window }, annotations }), threeNodes()))
      const [first = ''] = world.settle().status.applying ?? []
      world.begin(first)
      world.succeed(first, reached)
      world.nowMs += 3_600_000
      expect(world.settle().status.applying ?? []).toHaveLength('falkirk.dev/window' in annotations ? 0 : 1)
    }
  })

  it('point 64: outside the window nothing begins, and it is looked at again within a minute', () => {
    const window = { days: ['sunday'], startTime: '01:00', endTime: '05:00' }
    const world = new PlanWorld(someFacts(aPlan({ spec: { window } }), threeNodes()))
    const decision = world.settle()
    expect(world.condition()).toMatchObject({ reason: 'Waiting', message: 'current time is not within configured window' })
    expect(decision.wakeAtMs).toBe(noonMs + 60_000)
    expect(world.done).toEqual([])
  })

  it('defect 24: an exclusive Plan does not burn a deadline beside another one on the same node', () => {
    const facts = someFacts(aPlan({ spec: { exclusive: true, concurrency: 3 } }), threeNodes(), { exclusiveElsewhere: new Set(['n2']) })
    expect(new PlanWorld(facts).settle().status.applying).toEqual(['n1', 'n3'])
  })
})
