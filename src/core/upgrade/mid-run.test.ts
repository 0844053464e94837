import { describe, expect, it } from 'vitest'
import { noonMs } from '../plan/plan-facts.test-support.ts'
import { parseUpgrade } from './api/cluster-upgrade.ts'
import { aPod, RunWorld, server, several, to, worker } from './run-world.test-support.ts'
import { decideMalformedUpgrade } from './status/malformed-upgrade.ts'

function cluster(workers: number, spec: Readonly<Record<string, unknown>> = {}): RunWorld {
  const world = new RunWorld([server(0), ...several(workers, worker)])
  world.edit(spec)
  return world
}

const one = { failure: { retries: 0, budget: 1 }, pools: [{ name: 'all', nodeSelector: {}, maxUnavailable: 1 }] }

describe('a node that fails while it serves is set aside as it is: no further one is away', () => {
  it('because its image does not come', () => {
    const world = cluster(2, one)
    world.aheadEnd = undefined
    world.jobWay = (job, { version }) => {
      const isStage = job.labels['falkirk.dev/step'] !== 'Change'
      if (isStage && job.annotations['falkirk.dev/node'] === 'worker-0') return {}
      return isStage ? { end: 'Complete' } : { end: 'Complete', version }
    }
    world.untilPhase('CompletedWithFindings')
    expect(world.status.failed).toMatchObject([{ node: 'worker-0', reason: 'StageFailed' }])
    expect(world.node('worker-0')).toMatchObject({ unschedulable: false, labels: { 'falkirk.dev/quarantined': 'up' } })
    expect(world.node('worker-1').kubeletVersion).toBe(to)
  })

  it('because what was moved from it does not serve again', () => {
    const world = cluster(1, one)
    world.until(() => world.entry('worker-0')?.step === 'Soaking')
    const nowhere = {
      ready: false,
      createdAtMs: world.nowMs,
      unschedulableMessage: '0/2 nodes are available: 2 node(s) had untolerated taint',
    }
    world.facts = { ...world.facts, unreadyPods: [aPod('displaced', '', nowhere)] }
    world.until(() => world.entry('worker-0')?.step === 'Quarantined')
    expect(world.entry('worker-0')?.failure?.message).toBe(
      `pod default/displaced moved from worker-0 or beside it and not Ready (${nowhere.unschedulableMessage}) since its upgrade to ${to}; mend it, then continue`,
    )
    expect(world.node('worker-0')).toMatchObject({ unschedulable: false, labels: { 'falkirk.dev/quarantined': 'up' } })
  })
})

it('a node that is set aside has as much of the name of its run as a label may', () => {
  const world = cluster(1, one)
  const { upgrade } = world.facts
  world.facts = { ...world.facts, upgrade: { ...upgrade, metadata: { ...upgrade.metadata, name: `${'a'.repeat(62)}.${'b'.repeat(62)}` } } }
  world.until(() => world.entry('worker-0')?.step === 'Draining')
  world.stuck.add('worker-0')
  world.until(() => world.entry('worker-0')?.step === 'Quarantined', 7_200)
  expect(world.node('worker-0').labels).toMatchObject({ 'falkirk.dev/quarantined': 'a'.repeat(62) })
})

describe('a pool that is full of nodes that were set aside', () => {
  function stuck(): RunWorld {
    const world = cluster(3, one)
    world.jobWay = (job, { version }) => {
      if (job.labels['falkirk.dev/step'] !== 'Change') return { end: 'Complete' }
      return job.annotations['falkirk.dev/node'] === 'worker-0' ? { end: 'Failed' } : { end: 'Complete', version }
    }
    world.untilPhase('Stopped')
    return world
  }

  it('stops the run, with what to do: nobody but a person can make room', () => {
    const world = stuck()
    world.settle()
    expect(world.status.message).toBe(
      'pool all may lose no further node: worker-0 was set aside, and maxUnavailable is 1; mend it, delete its Node, or raise maxUnavailable; then falkirk continue (spec.continueFrom: 1)',
    )
    expect(world.node('worker-0')).toMatchObject({ unschedulable: true, labels: { 'falkirk.dev/quarantined': 'up' } })
    expect(world.changeJobs()).toEqual(['server-0', 'worker-0'])
  })

  it.each([
    { what: 'the node was mended', isDeleted: false },
    { what: 'its Node was deleted', isDeleted: true },
  ])('goes on when it is continued after $what', ({ isDeleted }) => {
    const world = stuck()
    world.jobWay = (_, { version }) => ({ end: 'Complete', version })
    if (isDeleted) world.removeNode('worker-0')
    world.edit({ continueFrom: 1 })
    world.untilPhase('Complete')
    expect(world.marked()).toEqual([])
  })

  it('goes on with a raised maxUnavailable, and tries the node again', () => {
    const world = stuck()
    world.edit({ continueFrom: 1, pools: [{ name: 'all', nodeSelector: {}, maxUnavailable: 2 }] })
    world.untilPhase('CompletedWithFindings')
    expect(world.changeJobs()).toEqual(['server-0', 'worker-0', 'worker-0', 'worker-1', 'worker-2'])
  })

  it('is waited for where somebody else keeps nodes away', () => {
    const world = cluster(3, one)
    world.setNode('worker-2', { ready: false })
    world.until(({ status }) => status.phase === 'Nodes')
    world.settle()
    expect(world.status).toMatchObject({
      phase: 'Nodes',
      message: expect.stringMatching(/^pool all waits: 1 node of the pool is NotReady/),
    })
  })
})

describe('a node that the spec names and that is deleted', () => {
  it('in mid-run is passed over, and told in the end', () => {
    const world = cluster(3, { nodes: ['worker-0', 'worker-2'] })
    world.until(() => world.entry('worker-0')?.step === 'Changing')
    world.removeNode('worker-2')
    world.untilPhase('Complete')
    expect(world.status.message).toBe(`the control plane and the nodes of spec.nodes run ${to}; worker-2 of spec.nodes is gone`)
    expect(world.changeJobs()).toEqual(['server-0', 'worker-0'])
  })

  it('before the run begins has to be corrected', () => {
    const world = cluster(1, { nodes: ['worker-9'] })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Refused', message: expect.stringMatching(/spec\.nodes names worker-9, which is no node/) })
  })
})

describe('a spec that is broken in mid-run', () => {
  it('lets the nodes that were started stand still, and says so; mended, the run goes on', () => {
    const world = cluster(1)
    world.until(() => world.entry('worker-0')?.step === 'Draining')
    world.edit({ version: 'later' })
    const decision = world.settle()
    expect(decision.status.message).toMatch(/^spec\.version "later" is no version of Kubernetes: .*; until then worker-0 stays as it is$/)
    expect(world.entry('worker-0')?.step).toBe('Draining')
    world.edit({ version: to })
    world.untilPhase('Complete')
  })

  it.each(['Staging', 'Draining', 'Changing', 'Soaking'] as const)('can be cancelled all the same: a node in %s finishes', (step) => {
    const world = cluster(2)
    world.until(() => world.entry('worker-0')?.step === step)
    world.edit({ version: 'later', action: 'Cancel' })
    world.untilPhase('Cancelled')
    expect(world.marked()).toEqual([])
    expect(world.changeJobs()).not.toContain('worker-1')
    expect(world.facts.nodes.filter(({ unschedulable }) => unschedulable)).toEqual([])
  })

  it('can be cancelled before any node was started', () => {
    const world = cluster(1, { version: 'later' })
    world.settle()
    world.edit({ version: 'later', action: 'Cancel' })
    world.untilPhase('Cancelled')
    expect(world.changeJobs()).toEqual([])
  })

  it('says so as well where the object cannot be read at all', () => {
    const world = cluster(1)
    world.until(() => world.entry('worker-0')?.step === 'Draining')
    const { metadata, status } = world.facts.upgrade
    const parsed = parseUpgrade({ metadata, status, spec: { version: to, windows: [] } })
    if (parsed.kind !== 'Malformed') throw new Error('it can be read')
    const decision = decideMalformedUpgrade(parsed, world.facts.nodes, noonMs)
    expect(decision.status).toMatchObject({
      phase: 'Refused',
      message: expect.stringMatching(/spec\.windows is no field.*; until then worker-0 stays as it is$/),
    })
  })
})

it.each([
  { action: 'Pause', step: 'Changing', told: 'paused; 1 started node finishes' },
  { action: 'Cancel', step: 'Changing', told: 'cancelled; 1 started node finishes first, now server-0' },
] as const)('$action tells that one node is one: $told', ({ action, step, told }) => {
  const world = cluster(1)
  world.until(() => world.entry('server-0')?.step === step)
  world.edit({ action })
  world.turn()
  expect(world.status.message).toBe(told)
})
