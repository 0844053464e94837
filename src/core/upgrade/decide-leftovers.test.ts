import { describe, expect, it } from 'vitest'
import { decideLeftovers } from './decide-leftovers.ts'
import { RunWorld, server, several, worker } from './run-world.test-support.ts'
import type { UpgradeAction } from './upgrade-decision.ts'

function leftovers(world: RunWorld, runs: readonly string[] = [], going = runs): readonly UpgradeAction[] {
  const { nodes, jobs } = world.facts
  const hasNode = (name: string) => nodes.some((node) => node.name === name)
  return decideLeftovers({ runs: new Set(runs), going: new Set(going), nodes, hasNode, jobs }, world.nowMs).flat()
}

function atWork(step: string, spec = {}): RunWorld {
  const world = new RunWorld([server(0), ...several(2, worker)])
  world.edit(spec)
  world.until(() => world.entry('worker-0')?.step === step)
  return world
}

function carryOut(world: RunWorld, actions: readonly UpgradeAction[]): void {
  for (const action of actions) world.carryOut(action)
}

describe('a ClusterUpgrade that was deleted in mid-run', () => {
  it('while it exists, nothing of it is cleared away', () => {
    expect(leftovers(atWork('Draining'), ['uid-up'])).toEqual([])
  })

  it.each(['Staging', 'Draining', 'Soaking'])('a node that is %s is given back at once, as it was', (step) => {
    const world = atWork(step)
    carryOut(world, leftovers(world))
    expect(world.marked()).toEqual([])
    expect(world.node('worker-0').unschedulable).toBe(false)
    expect(leftovers(world)).toEqual([])
  })

  it('a node that is being changed stays cordoned until its Job has ended', () => {
    const world = atWork('Changing')
    world.turn()
    expect(world.facts.jobs.filter(({ end }) => end === undefined)).toHaveLength(1)
    expect(leftovers(world).filter(({ node }) => node === 'worker-0')).toEqual([])
    const ended = { kind: 'Complete', atMs: world.nowMs, reason: '', message: '' } as const
    world.facts = { ...world.facts, jobs: world.facts.jobs.map((job) => ({ ...job, end: ended })) }
    carryOut(world, leftovers(world))
    expect(world.node('worker-0')).toMatchObject({ unschedulable: false })
    expect(world.marked()).toEqual([])
  })

  it('a Job that never ends is deleted after an hour', () => {
    const world = atWork('Changing')
    world.turn()
    world.nowMs += 3_600_000
    const kinds = leftovers(world).filter(({ node }) => node === 'worker-0')
    expect(kinds.map(({ kind }) => kind)).toEqual(['DeleteJob', 'PatchNode'])
  })

  it('a cordon that somebody else had set stays', () => {
    const world = new RunWorld([server(0), worker(0, { unschedulable: true })])
    world.until(() => world.entry('worker-0')?.step === 'Draining')
    carryOut(world, leftovers(world))
    expect(world.node('worker-0').unschedulable).toBe(true)
  })

  it('a node that was set aside serves again, without its label', () => {
    const world = atWork('Staging', { failure: { retries: 0, budget: 1 } })
    world.jobWay = (job) => ({ end: job.labels['falkirk.dev/step'] === 'Change' ? 'Failed' : 'Complete' })
    world.until(() => world.entry('worker-0')?.step === 'Quarantined')
    expect(world.node('worker-0').labels).toHaveProperty(['falkirk.dev/quarantined'])
    carryOut(world, leftovers(world))
    expect(world.node('worker-0')).toMatchObject({ unschedulable: false })
    expect(world.node('worker-0').labels).not.toHaveProperty(['falkirk.dev/quarantined'])
  })

  it('what cannot be read is left alone', () => {
    const world = new RunWorld([server(0, { run: 'by hand' })])
    expect(leftovers(world)).toEqual([])
  })
})

it('a Job for a node that was deleted is deleted, whether its run exists or not', () => {
  const world = atWork('Changing')
  world.turn()
  world.removeNode('worker-0')
  expect(leftovers(world, ['uid-up'])).toMatchObject([{ kind: 'DeleteJob', node: 'worker-0' }])
})
