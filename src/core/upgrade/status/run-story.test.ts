import { describe, expect, it } from 'vitest'
import { noonMs } from '../../plan/plan-facts.test-support.ts'
import { parseUpgrade } from '../api/cluster-upgrade.ts'
import { RunWorld, server, several, to, worker } from '../run-world.test-support.ts'
import { decideMalformedUpgrade } from './malformed-upgrade.ts'
import { decideUnseenUpgrade } from './waiting-status.ts'

/** A cluster whose whole story is written down. */
function told(servers: number, workers: number, spec: object = {}) {
  const world = new RunWorld([...several(servers, server), ...several(workers, worker)])
  world.edit({ ...spec })
  const story: string[] = []
  const warnings = new Set<string>()
  world.onDecision = (decision) => {
    for (const { type, reason, message } of decision.story) {
      story.push(`${reason}: ${message}`)
      if (type === 'Warning') warnings.add(reason)
    }
  }
  /** Reasons, from the first of one on. */
  const from = (first: string) => {
    const reasons = story.map((line) => line.split(':', 1)[0] ?? '')
    return reasons.slice(reasons.indexOf(first))
  }
  return { world, story, warnings, from }
}

const pools = (max: number) => [{ name: 'all', nodeSelector: {}, batches: { max } }]

describe('the story of a run', () => {
  it('is told from its beginning to its end, batch by batch', () => {
    const { world, story, warnings } = told(2, 9, { pools: pools(6) })
    world.untilPhase('Complete')
    expect(story).toEqual([
      'Started: v1.30.4+k3s1 → v1.31.5+k3s1 in 1 hop; done: control plane 0/2, nodes 0/9',
      'HopStarted: hop 1 of 1: v1.31.5+k3s1',
      'NodeStarted: begins with server-0',
      'NodeDone: server-0 is done',
      'NodeStarted: begins with server-1',
      'NodeDone: server-1 is done',
      'BatchStarted: pool all, batch 1: worker-0; 0 of 9 nodes are done',
      'BatchEnded: pool all, batch 1 (1 node) has ended',
      'BatchStarted: pool all, batch 2: worker-1, worker-2; 1 of 9 nodes are done',
      'BatchEnded: pool all, batch 2 (2 nodes) has ended',
      'BatchStarted: pool all, batch 3: worker-3, worker-4, worker-5, worker-6; 3 of 9 nodes are done',
      'BatchEnded: pool all, batch 3 (4 nodes) has ended',
      'BatchStarted: pool all, batch 4: worker-7, worker-8; 7 of 9 nodes are done',
      'BatchEnded: pool all, batch 4 (2 nodes) has ended',
      'Complete: the cluster runs v1.31.5+k3s1',
    ])
    expect([...warnings]).toEqual([])
  })

  it('tells a batch as ended when its last node is done, and not while it still soaks', () => {
    const { world, story } = told(1, 1)
    world.until(() => world.entry('worker-0')?.step === 'Soaking')
    world.settle()
    expect(world.node('worker-0').kubeletVersion).toBe(to)
    expect(story.filter((line) => line.startsWith('BatchEnded'))).toEqual([])
    expect(world.status.pools).toMatchObject([{ done: 1, batch: { number: 1, nodes: ['worker-0'] } }])
    world.untilPhase('Complete')
    expect(story.slice(-2)).toEqual(['BatchEnded: pool rest, batch 1 (1 node) has ended', 'Complete: the cluster runs v1.31.5+k3s1'])
    expect(world.status.pools?.[0]).not.toHaveProperty('batch')
  })

  it('names each hop', () => {
    const { world, story } = told(1, 1, { version: 'v1.32.4+k3s1', workers: 'EveryHop' })
    world.untilPhase('Complete')
    expect(story.filter((line) => /^(Started|HopStarted)/.test(line))).toEqual([
      'Started: v1.30.4+k3s1 → v1.32.4+k3s1 in 2 hops: v1.31.14+k3s1, v1.32.4+k3s1; done: control plane 0/1, nodes 0/1',
      'HopStarted: hop 1 of 2: v1.31.14+k3s1',
      'HopStarted: hop 2 of 2: v1.32.4+k3s1',
    ])
  })

  it('has a few events for each batch, however many nodes there are', () => {
    const { world, story } = told(1, 400, { pools: pools(50) })
    world.untilPhase('Complete')
    const batches = story.filter((line) => line.startsWith('BatchStarted')).length
    expect(batches).toBeLessThan(20)
    expect(story.length).toBeLessThanOrEqual(2 * batches + 6)
    expect(story.join('\n')).toMatch(/batch 6: \S+, \S+, \S+, \S+, \S+ and 27 more; /)
  })

  it('is not told again by another decision, nor by whoever comes after a restart', () => {
    const { world } = told(1, 3)
    for (let turn = 0; turn < 60; turn++) {
      world.turn()
      world.pass()
      world.settle()
      expect(world.decide().story).toEqual([])
    }
    expect(world.status.phase).toBe('Complete')
  })
})

describe('what people do to a run', () => {
  it('is told: a pause, and that it goes on', () => {
    const { world, story, from } = told(1, 3)
    world.until(() => world.entry('worker-0') !== undefined)
    world.edit({ action: 'Pause' })
    world.untilPhase('Paused')
    world.until(() => world.marked().length === 0)
    world.edit({ action: 'Run' })
    world.untilPhase('Complete')
    expect(from('Paused').slice(0, 4)).toEqual(['Paused', 'BatchEnded', 'Continued', 'BatchStarted'])
    expect(story).toContain('Paused: paused; 1 started node finishes')
    expect(story).toContain('Continued: goes on after Paused; done: control plane 1/1, nodes 1/3')
  })

  it('is told: a cancellation, and of nodes that were given back as they were nothing', () => {
    const { world, from } = told(2, 2)
    world.jobWay = () => ({})
    world.until(() => world.status.inFlight?.[0]?.step === 'Staging')
    world.edit({ action: 'Cancel' })
    world.untilPhase('Cancelled')
    expect(from('NodeStarted')).toEqual(['NodeStarted', 'Cancelling', 'Cancelled'])
  })

  it('is told: each stop of stopAfter', () => {
    const { world, story } = told(2, 0, { stopAfter: 'Node' })
    world.untilPhase('Paused')
    world.edit({ continueFrom: 1 })
    world.untilPhase('Complete')
    expect(story.filter((line) => /^(Paused|Continued|Complete)/.test(line))).toEqual([
      'Paused: stopped after node server-0, as spec.stopAfter asks; falkirk continue goes on',
      'Continued: goes on after Paused; done: control plane 1/2, nodes 0/0',
      'Complete: the cluster runs v1.31.5+k3s1',
    ])
  })
})

describe('what goes wrong', () => {
  it('is told with its reason, and again where the node that is tried again fails once more', () => {
    const { world, story, warnings } = told(1, 2, { failure: { retries: 0 } })
    world.jobWay = (job, { version }) => {
      const isChange = job.labels['falkirk.dev/step'] === 'Change'
      if (isChange && job.annotations['falkirk.dev/node'] === 'worker-0') return { end: 'Failed' }
      return { end: 'Complete', ...(isChange ? { version } : {}) }
    }
    world.untilPhase('Stopped')
    world.settle()
    world.edit({ continueFrom: 1 })
    world.until(({ status }) => status.stop?.number === 2 && status.phase === 'Stopped')
    world.settle()
    const lines = story.slice(story.findIndex((line) => line.startsWith('Stopped')))
    expect(lines).toEqual([
      expect.stringMatching(/^Stopped: .*worker-0.*falkirk continue/),
      expect.stringMatching(/^NodeFailed: worker-0 failed \(JobFailed\): .*the last line$/),
      'BatchEnded: pool rest, batch 1 (1 node) has ended',
      'Continued: goes on after Stopped; done: control plane 1/1, nodes 0/2',
      'NodeStarted: begins with worker-0',
      expect.stringMatching(/^Stopped: .*worker-0.*falkirk continue/),
      expect.stringMatching(/^NodeFailed: worker-0 failed \(JobFailed\): .*the last line$/),
    ])
    expect([...warnings]).toEqual(['Stopped', 'NodeFailed'])
  })

  it('is told once for each spec that is refused', () => {
    const { world, story, warnings } = told(1, 1, { version: 'later' })
    world.settle()
    world.pass()
    world.settle()
    world.edit({ version: 'latest' })
    world.settle()
    expect(story).toEqual([expect.stringMatching(/^Refused: .*"later"/), expect.stringMatching(/^Refused: .*"latest"/)])
    expect([...warnings]).toEqual(['Refused'])
  })

  it('is told of a spec that cannot be read, and of what may not be seen', () => {
    const metadata = { name: 'up', uid: 'uid-up', generation: 2 }
    const parsed = parseUpgrade({ metadata, spec: { version: to, windows: [] } })
    if (parsed.kind === 'Upgrade') throw new Error('is read')
    const refused = { type: 'Warning', reason: 'Refused', message: expect.stringMatching(/^spec\.windows is no field/) }
    const { status, story } = decideMalformedUpgrade(parsed, [], noonMs)
    expect(story).toEqual([refused])
    expect(decideMalformedUpgrade({ ...parsed, status }, [], noonMs).story).toEqual([])
    const { upgrade } = new RunWorld([]).facts
    expect(decideUnseenUpgrade(upgrade, 'no right to list pods', noonMs).story).toEqual([
      { type: 'Warning', reason: 'Pending', message: 'nothing further is begun: no right to list pods' },
    ])
  })
})

it('a run that begins anew with another version has a story of its own', () => {
  const { world, story } = told(1, 0)
  world.untilPhase('Complete')
  story.length = 0
  world.edit({ version: 'v1.32.4+k3s1' })
  world.untilPhase('Complete')
  expect(story).toEqual([
    expect.stringMatching(/^Started: v1\.31\.5\+k3s1 → v1\.32\.4\+k3s1 in 1 hop; /),
    'HopStarted: hop 1 of 1: v1.32.4+k3s1',
    'NodeStarted: begins with server-0',
    'NodeDone: server-0 is done',
    'Complete: the cluster runs v1.32.4+k3s1',
  ])
})
