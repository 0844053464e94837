import { describe, expect, it } from 'vitest'
import { decidePlan } from './decide-plan.ts'
import { aNode, aPlan, noonMs, PlanWorld, someFacts } from './plan-facts.test-support.ts'

const reached = 'v1.20.3+k3s1'
const doneLabel = 'plan.upgrade.cattle.io/server-plan'

function threeNodes() {
  return [aNode('n1'), aNode('n2'), aNode('n3')]
}

/** Upgrades whatever is in progress until the Plan is complete; returns the nodes in the order in which they began. */
function rollOut(world: PlanWorld): string[] {
  const order: string[] = []
  for (let turn = 0; turn < 20; turn++) {
    const { status } = world.settle()
    const [node] = status.applying ?? []
    if (node === undefined) return order
    order.push(node)
    world.begin(node)
    world.settle()
    world.succeed(node, reached)
  }
  throw new Error('the rollout does not end')
}

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

describe('cordons', () => {
  const cordoned = () => new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), [aNode('n1')]))

  it('takes back what the Job cordoned, and forgets the node', () => {
    const world = cordoned()
    rollOut(world)
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
})

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
