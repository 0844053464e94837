import { describe, expect, it } from 'vitest'
import type { JobFacts } from '../../kubernetes/job-facts.ts'
import { anUpgrade, RunWorld, server, several, worker } from '../run-world.test-support.ts'

const before = 'v1.30.4'
const after = 'v1.31.5'
const node = { via: 'SSH' } as const

function cluster(servers: number, workers: number): RunWorld {
  const nodes = [
    ...several(servers, (index) => server(index, { kubeletVersion: before })),
    ...several(workers, (index) => worker(index, { kubeletVersion: before })),
  ]
  return new RunWorld(nodes, { upgrade: anUpgrade({ version: after, node }), apiServer: before, reachesHosts: true })
}

/** Nodes whose hosts were asked to fetch what they need, one entry for each time. */
function staged({ done }: RunWorld): readonly string[] {
  return done.flatMap((action) => (action.kind === 'RunHost' && action.order.step === 'Stage' ? [action.node] : []))
}

it('the next hosts fetch what they need while what was changed soaks, and are not asked again when their turn comes', () => {
  const world = cluster(2, 3)
  const ahead: string[] = []
  world.onDecision = ({ actions }) => {
    for (const action of actions.flat()) {
      if (action.kind !== 'RunHost' || world.entry(action.node) !== undefined) continue
      expect(action.order.step).toBe('Stage')
      expect(['server-0', 'server-1', 'worker-0'].some((name) => world.entry(name)?.step === 'Soaking')).toBe(true)
      ahead.push(action.node)
    }
  }
  world.untilPhase('Complete')
  // the first node of all has nobody before it; workers go one, then two
  expect(ahead).toEqual(['server-1', 'worker-0', 'worker-1', 'worker-2'])
  expect(staged(world)).toEqual(['server-0', ...ahead])
})

it.each([{ stopAfter: 'Node' }, { action: 'Pause' }])('nothing is fetched ahead where no further node is to be begun: %j', (spec) => {
  const world = cluster(2, 0)
  world.until(() => world.entry('server-0')?.step === 'Verifying')
  world.edit(spec)
  world.untilPhase('Paused')
  expect(staged(world)).toEqual(['server-0'])
})

it('what a host could not fetch ahead it is asked for again in its turn, as after any failure', () => {
  const world = cluster(2, 0)
  const wentWell = world.hostWay
  let failures = 1
  world.hostWay = (work) => {
    if (work.step !== 'Stage' || world.entry('server-0')?.step !== 'Soaking' || failures-- <= 0) return wentWell(work)
    return { state: { kind: 'Failed', message: 'no room', lines: [], atMs: world.nowMs, how: 'Ended' } }
  }
  world.untilPhase('Complete')
  expect(staged(world)).toEqual(['server-0', 'server-1', 'server-1'])
})

describe('by Jobs', () => {
  const byJobs = () => new RunWorld([server(0), ...several(4, worker)])

  /** Names of nodes whose images are being brought, of those that the run has not begun with. */
  const open = (world: RunWorld) =>
    world.facts.jobs.filter(({ end }) => end === undefined).flatMap((job) => (world.entry(nodeOf(job)) === undefined ? [nodeOf(job)] : []))

  /** For a while the API server refuses to delete Jobs: long enough that nothing else is left to be done. */
  const refusesDeletions = (world: RunWorld) => {
    const carryOut = world.carryOut.bind(world)
    let refusals = 24
    world.carryOut = (action) => {
      if (action.kind !== 'DeleteJob' || refusals-- <= 0) carryOut(action)
    }
  }

  const nodeOf = ({ annotations }: JobFacts) => annotations['falkirk.dev/node'] ?? ''

  it('images of the next batch are brought while the one before soaks, and no Job is made twice', () => {
    const world = byJobs()
    const ahead: string[] = []
    world.onDecision = ({ actions }) => {
      for (const action of actions.flat()) {
        if (action.kind !== 'CreateJob' || world.entry(action.node) !== undefined) continue
        expect(action.job.metadata?.labels).toMatchObject({ 'falkirk.dev/step': 'Stage' })
        expect(world.facts.nodes.some(({ name }) => world.entry(name)?.step === 'Soaking')).toBe(true)
        ahead.push(action.node)
      }
    }
    world.untilPhase('Complete')
    expect(ahead).toEqual(['worker-0', 'worker-1', 'worker-2', 'worker-3'])
    const made = world.done.flatMap((action) => (action.kind === 'CreateJob' ? [action.job.metadata?.name] : []))
    expect(made).toHaveLength(2 * 5)
  })

  it('one that fails ahead is judged in the turn of its node, which is not disturbed, and its Job is not made again', () => {
    const world = byJobs()
    world.edit({ node: { recipe: { runnerImage: 'falkirk:v1' } } })
    world.aheadEnd = 'Failed'
    expect(world.untilPhase('Stopped').message).toContain('worker-0')
    expect(world.node('worker-0').unschedulable).toBe(false)
    expect(world.done.filter(({ kind, node: name }) => kind === 'CreateJob' && name === 'worker-0')).toHaveLength(1)
  })

  it.each([
    { what: 'cancelled', phase: 'Cancelled', stop: (world: RunWorld) => world.edit({ action: 'Cancel' }) },
    {
      what: 'stopped by a node that does not come back',
      phase: 'Stopped',
      stop: (world: RunWorld) => world.setNode('worker-0', { ready: false }),
    },
  ] as const)('where the run is $what, images that do not come are not waited for any more', ({ phase, stop }) => {
    const world = byJobs()
    world.aheadEnd = undefined
    world.until(() => world.entry('worker-0')?.step === 'Soaking' && open(world).length > 0)
    expect(open(world)).toEqual(['worker-1', 'worker-2'])
    stop(world)
    refusesDeletions(world)
    world.onDecision = ({ status }) => {
      if (status.phase === 'Cancelled') expect(open(world)).toEqual([])
    }
    world.untilPhase(phase)
    world.until(() => open(world).length === 0, 60)
  })

  it('a run does not end before those are deleted which nobody needs any more, however often that is refused', () => {
    const world = byJobs()
    world.aheadEnd = undefined
    world.until(() => world.entry('worker-0')?.step === 'Soaking' && open(world).length > 0)
    // somebody brings the others there by hand
    for (const name of ['worker-1', 'worker-2', 'worker-3']) world.setNode(name, { kubeletVersion: world.node('worker-0').kubeletVersion })
    refusesDeletions(world)
    world.onDecision = ({ status }) => {
      if (status.phase === 'Complete') expect(open(world)).toEqual([])
    }
    world.untilPhase('Complete')
    expect(open(world)).toEqual([])
  })
})
