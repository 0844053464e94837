import { describe, expect, it } from 'vitest'
import { timestamp } from '../kubernetes/timestamp.ts'
import { from, RunWorld, server, several, to, worker } from './run-world.test-support.ts'
import { refusedStatus } from './status/waiting-status.ts'

function cluster(servers: number, workers: number, spec: Readonly<Record<string, unknown>> = {}): RunWorld {
  const world = new RunWorld([...several(servers, server), ...several(workers, worker)])
  world.edit(spec)
  return world
}

describe('a run', () => {
  it('takes one control-plane node after another, then the workers in growing batches', () => {
    const world = cluster(3, 8)
    world.untilPhase('Complete')
    expect(world.changeJobs().slice(0, 3)).toEqual(['server-0', 'server-1', 'server-2'])
    expect(new Set(world.changeJobs()).size).toBe(11)
    expect(world.marked()).toEqual([])
    expect(world.facts.nodes.filter(({ unschedulable }) => unschedulable)).toEqual([])
  })

  it('touches nothing of a cluster that is already there, and says so at once', () => {
    const world = new RunWorld([...several(3, (i) => server(i, { kubeletVersion: to })), worker(0, { kubeletVersion: to })], {
      apiServer: to,
    })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Complete', progress: { controlPlane: '3/3', nodes: '1/1' } })
    expect(world.done).toEqual([])
  })

  it('goes on from the facts where somebody began by hand', () => {
    const world = new RunWorld([server(0, { kubeletVersion: to }), server(1), server(2), worker(0), worker(1, { kubeletVersion: from })])
    world.untilPhase('Complete')
    expect(world.changeJobs()).not.toContain('server-0')
    expect(world.changeJobs()).toHaveLength(4)
  })

  it('starts no worker while an API server answers with the old version, whatever its node reports: I1', () => {
    const world = new RunWorld([server(0, { kubeletVersion: to }), worker(0)], { apiServer: from })
    world.settle()
    expect(world.changeJobs()).toEqual([])
    expect(world.status).toMatchObject({
      phase: 'ControlPlane',
      message: expect.stringMatching(
        /^an API server still answers as v1\.30\.4\+k3s1, although every control-plane node reports v1\.31\.5\+k3s1/,
      ),
    })
    world.facts = { ...world.facts, apiServer: to }
    world.untilPhase('Complete')
  })

  it('does not move named pools past the API server either', () => {
    const world = new RunWorld([server(0, { kubeletVersion: to }), worker(0)], { apiServer: from })
    world.edit({ scope: 'Pools', nodes: ['worker-0'] })
    world.settle()
    expect(world.status).toMatchObject({
      phase: 'Refused',
      message: 'an API server answers as v1.30.4+k3s1, and no kubelet may be newer: upgrade the control plane first',
    })
  })

  it('decides nothing on facts that are older than three minutes: I8', () => {
    const world = cluster(1, 1)
    world.facts = { ...world.facts, factsAgeMs: 180_001 }
    expect(world.decide()).toMatchObject({ actions: [], drainNodes: [] })
    world.facts = { ...world.facts, factsAgeMs: 180_000 }
    expect(world.decide().actions).toHaveLength(1)
  })

  it('tells a version that is none in every condition, and leaves none that says it is progressing', () => {
    const world = cluster(1, 1)
    world.settle()
    expect(world.status.conditions).toContainEqual(expect.objectContaining({ type: 'Progressing', status: 'True' }))
    world.edit({ version: 'latest' })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Refused', message: expect.stringMatching(/spec\.version "latest" is no version/) })
    expect(world.status.conditions).toContainEqual(expect.objectContaining({ type: 'Progressing', status: 'False', reason: 'Refused' }))
  })

  it('begins anew when a run that has ended gets another version: path, times and batches are those of the new one', () => {
    const world = cluster(1, 2)
    world.untilPhase('Complete')
    const { endedAt, startedAt } = world.status
    world.nowMs += 3_600_000
    world.edit({ version: 'v1.31.9+k3s1' })
    world.turn()
    expect(world.status).toMatchObject({ from: to, path: ['v1.31.9+k3s1'] })
    expect(world.status.endedAt).toBeUndefined()
    expect(world.status.startedAt).not.toBe(startedAt)
    world.untilPhase('Complete')
    expect(world.status.endedAt).not.toBe(endedAt)
  })
})

describe('a cluster that is there is not held', () => {
  it.each(['Pause', 'Cancel'])('%s after the end changes nothing', (action) => {
    const world = cluster(1, 1)
    world.untilPhase('Complete')
    world.edit({ action })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Complete', message: `the cluster runs ${to}` })
  })

  it('a paused run that finds its cluster there is complete', () => {
    const world = new RunWorld([server(0, { kubeletVersion: to })], { apiServer: to })
    world.edit({ action: 'Pause' })
    world.settle()
    expect(world.status.phase).toBe('Complete')
  })

  it('nodes that were set aside are given back by a cancel all the same', () => {
    const world = cluster(1, 1, { failure: { retries: 0, budget: 1 } })
    world.jobWay = (job, entry) => {
      if (job.labels['falkirk.dev/step'] !== 'Change') return { end: 'Complete' }
      return job.annotations['falkirk.dev/node'] === 'worker-0' ? { end: 'Failed' } : { end: 'Complete', version: entry.version }
    }
    world.untilPhase('CompletedWithFindings')
    world.edit({ action: 'Pause' })
    world.settle()
    expect(world.status.phase).toBe('CompletedWithFindings')
    world.edit({ action: 'Cancel' })
    world.settle()
    expect(world.status.phase).toBe('Cancelled')
    expect(world.node('worker-0').unschedulable).toBe(false)
    expect(world.marked()).toEqual([])
  })
})

describe('a node that was set aside', () => {
  it('stops the run before the hop that it would be too old for, and is tried again when the run is continued', () => {
    const world = cluster(1, 2, { version: 'v1.32.11+k3s1', workers: 'EveryHop', failure: { retries: 0, budget: 1 } })
    let broken = true
    world.jobWay = (job, entry) => {
      if (job.labels['falkirk.dev/step'] !== 'Change') return { end: 'Complete' }
      const fails = broken && job.annotations['falkirk.dev/node'] === 'worker-0'
      return fails ? { end: 'Failed' } : { end: 'Complete', version: entry.version }
    }
    world.untilPhase('Stopped')
    expect(world.status.message).toMatch(
      /^worker-0 \(kubelet v1\.30\.4\+k3s1\) has to move first: .*; it was set aside: mend it, or delete its Node; then falkirk continue/,
    )
    expect(world.node('worker-1').kubeletVersion).toBe('v1.31.14+k3s1')
    broken = false
    world.edit({ continueFrom: 1 })
    world.untilPhase('Complete')
    expect(world.node('worker-0').kubeletVersion).toBe('v1.32.11+k3s1')
    expect(world.marked()).toEqual([])
  })
})

describe('an end is told when nothing of the run is left on any node, so that whoever is killed before that goes on (I6)', () => {
  it.each(['Complete', 'Cancelled'] as const)('%s', (end) => {
    const world = cluster(1, 2)
    world.until(() => world.entry('worker-0')?.step === 'Soaking')
    if (end === 'Cancelled') world.edit({ action: 'Cancel' })
    world.onDecision = ({ status, actions }) => {
      if (status.phase === end) expect({ marked: world.marked(), actions }).toEqual({ marked: [], actions: [] })
    }
    world.untilPhase(end)
  })
})

describe('cordons of others (I5)', () => {
  it('a node that somebody cordons while its image is pulled stays cordoned', () => {
    const world = cluster(1, 1)
    world.until(() => world.entry('worker-0')?.step === 'Staging')
    world.setNode('worker-0', { unschedulable: true })
    world.untilPhase('Complete')
    expect(world.node('worker-0')).toMatchObject({ unschedulable: true, kubeletVersion: to })
    expect(world.node('worker-0').run).toBeUndefined()
  })

  it('a failed node serves again, and stays cordoned when somebody cordons it to look at it', () => {
    const world = cluster(1, 1, { failure: { retries: 0 } })
    world.jobWay = (job, entry) =>
      entry.version === to && job.labels['falkirk.dev/step'] === 'Change' ? { end: 'Failed' } : { end: 'Complete' }
    world.untilPhase('Stopped')
    world.settle()
    expect(world.node('server-0').unschedulable).toBe(false)
    world.setNode('server-0', { unschedulable: true })
    world.settle()
    expect(world.node('server-0').unschedulable).toBe(true)
    world.edit({ action: 'Cancel' })
    world.settle()
    expect(world.status.phase).toBe('Cancelled')
    expect(world.node('server-0')).toMatchObject({ unschedulable: true })
    expect(world.marked()).toEqual([])
  })

  it('a cordon that came while the node soaked is not taken back when the soak fails', () => {
    const world = cluster(1, 1)
    world.until(() => world.entry('worker-0')?.step === 'Soaking')
    world.setNode('worker-0', { unschedulable: true, ready: false })
    world.untilPhase('Stopped')
    world.setNode('worker-0', { ready: true })
    world.settle()
    expect(world.node('worker-0').unschedulable).toBe(true)
  })
})

describe('a node that failed', () => {
  it('after it has reached its version is not drained again: it is verified and soaks', () => {
    const world = cluster(1, 2)
    world.until(() => world.entry('worker-0')?.step === 'Soaking')
    world.setNode('worker-0', { ready: false })
    world.untilPhase('Stopped')
    expect(world.entry('worker-0')?.failure?.reason).toBe('SoakFailed')
    world.setNode('worker-0', { ready: true })
    world.edit({ continueFrom: 1 })
    world.untilPhase('Complete')
    expect(world.changeJobs().filter((node) => node === 'worker-0')).toHaveLength(1)
    const cordons = world.done.filter((action) => action.kind === 'PatchNode' && action.node === 'worker-0' && action.patch.unschedulable)
    expect(cordons).toHaveLength(1)
  })

  it('whose kubelet does not come back stops the run, and goes on with the same Job when it was mended and continued', () => {
    const world = cluster(1, 2)
    world.jobWay = (job, entry) => {
      if (job.labels['falkirk.dev/step'] === 'Change' && entry.version === to && world.node('worker-0').ready === false) return {}
      if (
        job.annotations['falkirk.dev/node'] === 'worker-0' &&
        job.labels['falkirk.dev/step'] === 'Change' &&
        world.nowMs < brokenUntilMs
      ) {
        world.setNode('worker-0', { ready: false })
        return {}
      }
      return { end: 'Complete', ...(job.labels['falkirk.dev/step'] === 'Change' ? { version: entry.version } : {}) }
    }
    const brokenUntilMs = world.nowMs + 6 * 3_600_000
    world.untilPhase('Stopped')
    expect(world.status.stop).toMatchObject({ reason: 'NotReady', message: expect.stringMatching(/^worker-0 is not Ready/) })
    world.nowMs = brokenUntilMs
    world.setNode('worker-0', { ready: true })
    world.edit({ continueFrom: 1 })
    world.untilPhase('Complete')
    expect(world.changeJobs().filter((node) => node === 'worker-0')).toHaveLength(1)
  })

  it('whose Job never ends stops the run after an hour, and says so', () => {
    const world = cluster(1, 0)
    world.jobWay = (job) => (job.labels['falkirk.dev/step'] === 'Change' ? {} : { end: 'Complete' })
    world.untilPhase('Stopped')
    expect(world.status.stop).toMatchObject({
      reason: 'JobFailed',
      message: expect.stringMatching(/^server-0: job \S+ has not ended in 60 minutes/),
    })
  })

  it('is not tried again for ever when the spec asks to continue from a stop that is still to come', () => {
    const world = cluster(1, 1, { continueFrom: 5, failure: { retries: 0, budget: 1 } })
    world.jobWay = (job, entry) => {
      if (job.labels['falkirk.dev/step'] !== 'Change') return { end: 'Complete' }
      return job.annotations['falkirk.dev/node'] === 'worker-0' ? { end: 'Failed' } : { end: 'Complete', version: entry.version }
    }
    world.untilPhase('CompletedWithFindings')
    expect(world.changeJobs().filter((node) => node === 'worker-0')).toHaveLength(1)
  })
})

it('a run that was cancelled and is told to run again says what is needed instead', () => {
  const world = cluster(1, 2)
  world.until(({ status }) => (status.inFlight ?? []).length > 0)
  world.edit({ action: 'Cancel' })
  world.untilPhase('Cancelled')
  expect(world.status.message).toBe('cancelled; nodes that were not started are as they were')
  world.edit({ action: 'Run', version: 'v1.31.14+k3s1' })
  world.settle()
  expect(world.status).toMatchObject({
    phase: 'Cancelled',
    message:
      'cancelled; nodes that were not started are as they were; it stays so whatever its spec says: create another ClusterUpgrade to go on',
  })
})

describe('a pause that lasts too long', () => {
  it('is given up, and a failed node is given back as well', () => {
    const world = cluster(1, 2, { failure: { retries: 0, pauseExpiry: '1h' } })
    world.jobWay = (job) => (job.labels['falkirk.dev/step'] === 'Change' ? { end: 'Failed' } : { end: 'Complete' })
    world.untilPhase('Stopped')
    world.edit({ action: 'Pause' })
    world.settle()
    expect(world.status.phase).toBe('Paused')
    world.nowMs += 3_600_000
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Cancelled', message: expect.stringMatching(/^given up after a pause/) })
    expect(world.marked()).toEqual([])
  })

  it('counts from its own beginning where the run was at rest by stopAfter before', () => {
    const world = cluster(1, 2, { stopAfter: 'ControlPlane', failure: { pauseExpiry: '1h' } })
    world.untilPhase('Paused')
    world.nowMs += 24 * 3_600_000
    world.settle()
    const pausedMs = world.nowMs
    world.edit({ action: 'Pause' })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Paused', pausedAt: timestamp(pausedMs) })
    world.nowMs += 3_600_000 - 1
    world.settle()
    expect(world.status.phase).toBe('Paused')
    world.nowMs += 1
    world.settle()
    expect(world.status.phase).toBe('Cancelled')
  })

  it('is given up once and for all, also while a node that failed is not back', () => {
    const world = cluster(1, 2, { failure: { retries: 0, pauseExpiry: '1h' } })
    world.jobWay = (job) => (job.labels['falkirk.dev/step'] === 'Change' ? { end: 'Failed' } : { end: 'Complete' })
    world.untilPhase('Stopped')
    world.setNode('server-0', { ready: false })
    world.edit({ action: 'Pause' })
    world.settle()
    world.nowMs += 3_600_000
    world.settle()
    expect(world.status.phase).toBe('Cancelling')
    world.nowMs += 60_000
    world.settle()
    expect(world.status.phase).toBe('Cancelling')
    world.setNode('server-0', { ready: true })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Cancelled', message: expect.stringMatching(/^given up after a pause/) })
  })
})

describe('a pool that selects no node', () => {
  const pools = [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } } }]
  const blue = (index: number) => worker(index, { labels: { pool: 'blue' } })

  it('is refused before anything is touched', () => {
    const world = cluster(1, 1, { pools })
    world.settle()
    expect(world.status.phase).toBe('Refused')
    world.nowMs += 60_000
    expect(world.settle().status.phase).toBe('Refused')
    expect(world.done).toEqual([])
  })

  it('because its last node was deleted in mid-run holds nobody up', () => {
    const world = new RunWorld([server(0), blue(0), worker(1)])
    world.edit({ pools })
    world.until(() => world.entry('worker-0')?.step === 'Draining')
    world.removeNode('worker-0')
    world.untilPhase('Complete')
    expect(world.changeJobs()).toEqual(['server-0', 'worker-1'])
  })

  it('because its last node was deleted while the spec could not be read holds nobody up either', () => {
    const world = new RunWorld([server(0), blue(0), worker(1)])
    world.edit({ pools })
    world.until(() => world.entry('server-0')?.step === 'Draining')
    const { upgrade } = world.facts
    world.facts = { ...world.facts, upgrade: { ...upgrade, status: refusedStatus(upgrade, 'spec.pools: cannot be read', world.nowMs) } }
    world.removeNode('worker-0')
    world.untilPhase('Complete')
    expect(world.changeJobs()).toEqual(['server-0', 'worker-1'])
  })

  it('because its last node was deleted since the run has ended changes nothing of the end', () => {
    const world = new RunWorld([server(0), blue(0)])
    world.edit({ pools })
    world.untilPhase('Complete')
    world.removeNode('worker-0')
    world.settle()
    expect(world.status.phase).toBe('Complete')
  })

  it('and was added to a run at work is refused', () => {
    const world = cluster(1, 2)
    world.until(() => world.entry('worker-0')?.step === 'Draining')
    world.edit({ pools })
    world.until(({ status }) => status.phase === 'Refused')
    expect(world.status.message).toMatch(/spec\.pools\[0\] \(blue\) selects no node/)
    world.nowMs += 60_000
    expect(world.settle().status.phase).toBe('Refused')
    world.edit({ pools: [] })
    world.untilPhase('Complete')
  })
})

describe('two runs', () => {
  const entryOf = (run: string, step: string) =>
    JSON.stringify({
      run,
      name: 'other',
      version: to,
      step,
      since: '2026-11-21T11:00:00Z',
      attempt: 1,
      tries: 1,
      before: { unschedulable: false, kubeletVersion: from, bootId: 'boot-1' },
    })

  it('never work at the same time, whichever began: nodes that the other one has started finish first', () => {
    const world = cluster(3, 2)
    world.setNode('server-1', { run: entryOf('uid-other', 'Changing'), unschedulable: true })
    world.facts = {
      ...world.facts,
      others: [{ name: 'other', uid: 'uid-other', createdAtMs: world.nowMs + 1_000, active: true }],
    }
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Pending', message: expect.stringMatching(/server-1.*ClusterUpgrade other/) })
    expect(world.done).toEqual([])
  })

  it('a node that an ended run has set aside is taken on by the next one, and serves as it did before both', () => {
    const world = cluster(1, 1)
    const failure = { reason: 'JobFailed', message: 'x', stop: 1 }
    const left = { ...JSON.parse(entryOf('uid-other', 'Quarantined')), cordonedAt: '2026-11-21T11:00:00Z', failure }
    world.setNode('worker-0', { run: JSON.stringify(left), unschedulable: true, labels: { 'falkirk.dev/quarantined': 'other' } })
    world.facts = { ...world.facts, others: [{ name: 'other', uid: 'uid-other', createdAtMs: 0, active: false }] }
    world.untilPhase('Complete')
    expect(world.node('worker-0')).toMatchObject({ unschedulable: false, kubeletVersion: to, labels: {} })
    expect(world.marked()).toEqual([])
  })

  it('what one that was deleted began on a node may end, and until when that is waited for is said', () => {
    const world = cluster(3, 2)
    world.setNode('server-1', { run: entryOf('uid-gone', 'Changing'), unschedulable: true })
    world.settle()
    const message =
      'waits: what ClusterUpgrade other, which was deleted, began on server-1 may still be at work; the node is given back when it has ended, at 2026-11-21T12:00:00Z at the latest'
    expect([world.status.phase, world.status.message, world.done]).toEqual(['Pending', message, []])
    world.setNode('server-1', { run: entryOf('uid-gone', 'Changing').replace('2026-11-21T11:00:00Z', 'noon') })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Pending', message: expect.stringContaining('cannot be read: remove it') })
  })

  it('a refused one does not hold the next', () => {
    const world = cluster(1, 1)
    world.facts = { ...world.facts, others: [{ name: 'older', uid: 'uid-older', createdAtMs: 0, active: false }] }
    world.untilPhase('Complete')
  })

  it('an entry that cannot be read is named, and nothing is touched', () => {
    const world = cluster(1, 2)
    world.setNode('worker-1', { run: '{"run":' })
    world.settle()
    expect(world.status).toMatchObject({
      phase: 'Pending',
      message: expect.stringMatching(/annotation falkirk\.dev\/run of node worker-1 cannot be read: remove it/),
    })
    expect(world.done).toEqual([])
  })
})
