import { afterEach, describe, expect, it } from 'vitest'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import type { ImageBehaviour } from '../../src/twin/kubelet/image-behaviour.ts'
import { agentsPlan } from './agents-plan.ts'
import { UpgradeCluster, type UpgradeClusterOptions } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

async function started(options: Partial<UpgradeClusterOptions> = {}): Promise<UpgradeCluster> {
  const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 3, ...options })
  running.push(run)
  run.cluster.startController()
  return run
}

const to = 'v1.31.5+k3s1'
const steps = ['Staging', 'Draining', 'Changing', 'Verifying', 'Soaking'] as const

/** A Deployment whose pods take their time to end, with as many to stay as `minAvailable`. */
function web(replicas: number, minAvailable: number): readonly (readonly [string, DraftObject])[] {
  const labels = { app: 'web' }
  const metadata = { namespace: 'default', name: 'web' }
  const annotations = { 'twin.falkirk.dev/ready-seconds': '5' }
  const spec = { nodeSelector: { pool: 'blue' }, containers: [{ name: 'web', image: 'registry.example.org/web:1' }] }
  const template = { metadata: { labels, annotations }, spec }
  return [
    ['deployments.apps', { metadata, spec: { replicas, selector: { matchLabels: labels }, template } }],
    ['poddisruptionbudgets.policy', { metadata, spec: { minAvailable, selector: { matchLabels: labels } } }],
  ]
}

/** The first `times` tries on a node fail. */
function failsOn(node: string, times: number): ImageBehaviour {
  let failed = 0
  return ({ container, machine }) => {
    if (container.name !== 'upgrade' || machine.name !== node || failed >= times) return undefined
    failed += 1
    return { seconds: 2, exitCode: 3, effects: [], log: 'the disk is full\n' }
  }
}

async function atStep(run: UpgradeCluster, step: string, node = /./): Promise<string> {
  const { inFlight = [] } = await run.until('up', (status) =>
    (status.inFlight ?? []).some((one) => one.step === step && node.test(one.node)),
  )
  return inFlight.find((one) => one.step === step && node.test(one.node))?.node ?? ''
}

/** Until a worker is at a step; to verify takes no time unless the image leaves the node as it is: half a minute later somebody does its work. */
async function workerAtStep(run: UpgradeCluster, step: string): Promise<string> {
  const node = await atStep(run, step, /worker/)
  if (step === 'Verifying') {
    run.cluster.clock.after(30_000, () => run.cluster.twin.fleet.apply(node, { kind: 'ReplaceKubernetes', version: to }))
  }
  return node
}

/** The first worker is left as it is by the image. */
function leavesOneWorker(): ImageBehaviour {
  let left: string | undefined
  return ({ container, machine }) => {
    if (container.name !== 'upgrade' || machine.role === 'Server' || (left !== undefined && left !== machine.name)) return undefined
    left = machine.name
    return { seconds: 2, exitCode: 0, effects: [] }
  }
}

function expectNothingLeft(run: UpgradeCluster): void {
  expect(run.witness.leftOvers()).toEqual([])
  expect(run.problems()).toEqual([])
}

/** Images of workers come while what was before them soaks: without that time they have to be waited for. */
const toSee = (step: string) => ({ version: to, ...(step === 'Staging' ? { soak: { for: '0s' } } : {}) })

describe.each(steps)('while a node is in %s', (step) => {
  it('a pause lets it finish and starts no other; then the run goes on', async () => {
    const run = await started({ objects: web(3, 2), behaviours: step === 'Verifying' ? [leavesOneWorker()] : [] })
    await run.create('up', toSee(step))
    const node = await workerAtStep(run, step)
    await run.edit('up', { action: 'Pause' })
    await run.until('up', ({ phase, inFlight }) => phase === 'Paused' && inFlight?.length === 0)
    expect(run.witness.changed).toEqual(['server-0', node])
    // the soft taint keeps what moves in the meantime from nodes that are still to come
    expect(run.witness.leftOvers().filter((left) => !left.endsWith('tainted'))).toEqual([])
    await run.edit('up', { action: 'Run' })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expectNothingLeft(run)
  })

  it('a cancel lets it finish, unless it was not disturbed yet, and leaves the others as they are', async () => {
    const run = await started({ objects: web(3, 2), behaviours: step === 'Verifying' ? [leavesOneWorker()] : [] })
    await run.create('up', toSee(step))
    const node = await workerAtStep(run, step)
    await run.edit('up', { action: 'Cancel' })
    await run.until('up', ({ phase }) => phase === 'Cancelled')
    await run.cluster.clock.advance(300_000)
    expect(run.witness.changed).toEqual(step === 'Staging' ? ['server-0'] : ['server-0', node])
    expectNothingLeft(run)
  })

  it('a ClusterUpgrade that is deleted leaves nothing behind', async () => {
    const run = await started({ objects: web(3, 2), behaviours: step === 'Verifying' ? [leavesOneWorker()] : [] })
    await run.create('up', toSee(step))
    await atStep(run, step, /worker/)
    await run.cluster.twin.api.client.delete('clusterupgrades.falkirk.dev', { name: 'up' })
    await run.cluster.clock.advance(300_000)
    expectNothingLeft(run)
  })
})

describe('a pause', () => {
  it('of a week is given up: nothing is left, and nothing goes on', async () => {
    const run = await started()
    await run.create('up', { version: to, failure: { pauseExpiry: '2h' } })
    await atStep(run, 'Draining', /server/)
    await run.edit('up', { action: 'Pause' })
    await run.until('up', ({ phase }) => phase === 'Paused')
    const end = await run.until('up', ({ phase }) => phase === 'Cancelled', 8_000)
    expect(end.message).toMatch(/^given up after a pause/)
    await run.edit('up', { action: 'Run' })
    await run.cluster.clock.advance(300_000)
    expect(run.status('up').phase).toBe('Cancelled')
    expect(run.witness.changed).toEqual(['server-0'])
    expectNothingLeft(run)
  })
})

describe('stopAfter', () => {
  it.each([
    { stopAfter: 'Node', stops: ['node server-0', 'node server-1', 'node server-2', 'node worker-0', 'node worker-1', 'node worker-2'] },
    {
      stopAfter: 'Batch',
      stops: [
        'control-plane node server-0',
        'control-plane node server-1',
        'control-plane node server-2',
        'a batch of pool ingress',
        'a batch of pool rest',
        'a batch of pool rest',
      ],
    },
    { stopAfter: 'ControlPlane', stops: ['the control plane'] },
    { stopAfter: 'Pool', stops: ['pool ingress'] },
    { stopAfter: 'Hop', stops: [] },
  ] as const)('$stopAfter: it stops after each, and goes on when it is continued', async ({ stopAfter, stops }) => {
    const run = await started({ servers: 3, workers: 4, poolOf: (worker) => (worker === 3 ? 'ingress' : 'blue') })
    const pools = [{ name: 'ingress', nodeSelector: { matchLabels: { pool: 'ingress' } } }]
    await run.create('up', { version: to, stopAfter, pools })
    const told: string[] = []
    for (;;) {
      const { phase, stop, inFlight } = await run.until('up', (status) => status.phase === 'Paused' || status.phase === 'Complete')
      if (phase === 'Complete') break
      expect(inFlight).toEqual([])
      told.push(/^stopped after (.*), as spec\.stopAfter asks/.exec(stop?.message ?? '')?.[1] ?? '')
      await run.edit('up', { continueFrom: stop?.number ?? 0 })
      await run.until('up', (status) => status.phase !== 'Paused')
    }
    if (stopAfter === 'Node') expect(told).toHaveLength(6)
    else expect(told).toEqual(stops)
    expectNothingLeft(run)
  })

  it('Hop and ControlPlane stop at every hop of a path', async () => {
    const stopsOf = async (stopAfter: 'Hop' | 'ControlPlane') => {
      const run = await started({ workers: 1 })
      await run.create('up', { version: 'v1.32.11+k3s1', stopAfter, workers: 'EveryHop' })
      const told: string[] = []
      for (;;) {
        const { phase, stop } = await run.until('up', (status) => status.phase === 'Paused' || status.phase === 'Complete')
        if (phase === 'Complete') break
        told.push(stop?.message.split(',')[0] ?? '')
        await run.edit('up', { continueFrom: stop?.number ?? 0 })
        await run.until('up', (status) => status.phase !== 'Paused')
      }
      expectNothingLeft(run)
      return told
    }
    expect(await stopsOf('ControlPlane')).toEqual(['stopped after the control plane', 'stopped after the control plane'])
    expect(await stopsOf('Hop')).toEqual([expect.stringMatching(/^stopped after the hop to v1\.31\.\d+\+k3s\d$/)])
  })
})

describe('nodes that come and go', () => {
  it('one that joins in mid-run is upgraded as well, one that is deleted is not waited for', async () => {
    const run = await started({ workers: 4 })
    await run.create('up', { version: to })
    const node = await atStep(run, 'Changing', /worker/)
    await run.leave(node)
    await run.join('worker-9', 'v1.30.4+k3s1')
    const end = await run.until('up', ({ phase }) => phase === 'Complete')
    expect(end.progress).toEqual({ controlPlane: '1/1', nodes: '4/4' })
    expect(run.witness.changed).toContain('worker-9')
    await run.cluster.clock.advance(120_000)
    const waiting = run.cluster.store.list('jobs.batch').filter(({ status }) => (status as { active?: number } | undefined)?.active === 1)
    expect(waiting).toEqual([])
    expectNothingLeft(run)
  })

  it('one that dies while it is changed stops the run; when it is back and the run continued, it goes on', async () => {
    const run = await started()
    await run.create('up', { version: to })
    const node = await atStep(run, 'Changing', /worker/)
    run.cluster.twin.fleet.kill(node)
    const stopped = await run.until('up', ({ phase }) => phase === 'Stopped')
    expect(stopped.message).toMatch(new RegExp(`${node} is not Ready.*bring it back; then falkirk continue`))
    run.cluster.twin.fleet.revive(node)
    await run.cluster.clock.advance(120_000)
    await run.edit('up', { continueFrom: stopped.stop?.number ?? 0 })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expectNothingLeft(run)
  })

  it('one whose kubelet is cut off stops the run, and with a budget it is set aside', async () => {
    const run = await started()
    await run.create('up', { version: to, failure: { budget: 1 } })
    const node = await atStep(run, 'Changing', /worker/)
    run.cluster.twin.fleet.disconnect(node)
    const end = await run.until('up', ({ phase }) => phase === 'CompletedWithFindings', 20_000)
    expect(end.failed).toMatchObject([{ node, reason: expect.stringMatching(/NotReady|JobFailed/) }])
    expect(end.progress).toEqual({ controlPlane: '1/1', nodes: '2/3' })
    expect(run.problems()).toEqual([])
  })
})

describe('failures', () => {
  it('a Job that fails once is tried again, and the node is changed once', async () => {
    const run = await started({ behaviours: [failsOn('worker-1', 1)] })
    await run.create('up', { version: to })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(run.told.join('\n')).toMatch(/the disk is full.*it is tried again/s)
    expectNothingLeft(run)
  })

  it('with Force budgets hold until the time is over, and no longer', async () => {
    const run = await started({ objects: web(3, 3) })
    run.witness.mayBreakBudgets = true
    await run.create('up', { version: to, drain: { timeout: '3m', whenBlocked: 'Force' } })
    await atStep(run, 'Draining', /worker/)
    const beganMs = run.cluster.clock.now()
    await atStep(run, 'Changing', /worker/)
    expect(run.cluster.clock.now() - beganMs).toBeGreaterThan(170_000)
    await run.until('up', ({ phase }) => phase === 'Complete')
    expectNothingLeft(run)
  })
})

describe('what other people do', () => {
  it.each(['Staging', 'Soaking'])('a cordon that comes while a node is in %s stays', async (step) => {
    const run = await started()
    await run.create('up', toSee(step))
    const node = await atStep(run, step, /worker/)
    await run.cordon(node)
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(run.cluster.store.get('nodes', undefined, node)?.spec).toMatchObject({ unschedulable: true })
    expectNothingLeft(run)
  })

  it('nodes that others cordon count: no further one is cordoned than maxUnavailable allows', async () => {
    const run = await started({ workers: 5 })
    run.witness.maxUnavailable.set('blue', 2)
    const pool = { name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } }, batches: { first: 2 }, maxUnavailable: 2 }
    await run.create('up', { ...toSee('Staging'), pools: [pool] })
    await atStep(run, 'Staging', /worker/)
    const batch = run.status('up').pools?.[0]?.batch?.nodes ?? []
    const others = ['worker-0', 'worker-1', 'worker-2', 'worker-3', 'worker-4'].filter((name) => !batch.includes(name)).slice(0, 2)
    expect([batch.length, others.length]).toEqual([2, 2])
    for (const name of others) await run.cordon(name)
    await run.until('up', ({ inFlight = [] }) => inFlight.some(({ message = '' }) => /maxUnavailable is 2/.test(message)))
    await run.cluster.clock.advance(60_000)
    expect(run.witness.changed).toEqual(['server-0'])
    for (const name of others) await run.cordon(name, false)
    await run.until('up', ({ phase }) => phase === 'Complete')
    expectNothingLeft(run)
  })

  it('a Plan that has begun finishes its nodes first, and begins with no other until the run has ended', async () => {
    const run = await started({ workers: 3 })
    const key = agentsPlan.metadata
    const applying = () =>
      (run.cluster.store.get('plans.upgrade.cattle.io', key.namespace, key.name)?.status as { applying?: string[] })?.applying
    await run.cluster.clock.advance(5_000)
    await run.cluster.twin.api.client.create('plans.upgrade.cattle.io', agentsPlan)
    while ((applying() ?? []).length === 0) await run.cluster.clock.advance(100)
    const [first = ''] = applying() ?? []
    await run.create('up', { version: to })
    await run.until('up', ({ phase, message = '' }) => phase === 'Pending' && /waits for Plan system-upgrade\/agents/.test(message))
    await run.until('up', ({ inFlight = [] }) => inFlight.length > 0)
    expect(run.witness.versions.get(first)).toEqual(['v1.30.8+k3s1'])
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect([...run.witness.versions.values()].flat().filter((version) => version === 'v1.30.8+k3s1')).toHaveLength(1)
    expect(run.witness.leftOvers()).toEqual([])
  })

  it('two objects: the older one first, then the other', async () => {
    const run = await started()
    await run.create('up', { version: 'v1.30.8+k3s1' })
    await run.cluster.clock.advance(5_000)
    await run.create('next', { version: to })
    await run.until('next', ({ phase, message = '' }) => phase === 'Pending' && /waits for ClusterUpgrade up/.test(message))
    await run.until('up', ({ phase }) => phase === 'Complete')
    await run.until('next', ({ phase }) => phase === 'Complete')
    expectNothingLeft(run)
  })

  it('an older object that gets another version waits until the nodes of the younger one have finished', async () => {
    const run = await started({ servers: 3 })
    await run.create('up', { version: 'v1.30.4+k3s1' })
    await run.until('up', ({ phase }) => phase === 'Complete')
    await run.create('next', { version: to })
    await run.until('next', ({ inFlight = [] }) => inFlight.some(({ step }) => step === 'Changing'))
    await run.edit('up', { version: 'v1.30.8+k3s1' })
    await run.cluster.clock.advance(600_000)
    expect(run.problems()).toEqual([])
  })

  it('a larger batch and another drain policy are followed in mid-run', async () => {
    const run = await started({ workers: 6 })
    await run.create('up', { version: to, pools: [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } }, batches: { max: 1 } }] })
    await atStep(run, 'Changing', /worker/)
    const pools = [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } }, batches: { max: 4 } }]
    await run.edit('up', { pools, drain: { whenBlocked: 'Quarantine' } })
    let largest = 0
    await run.until('up', ({ phase, inFlight = [] }) => {
      largest = Math.max(largest, inFlight.length)
      return phase === 'Complete'
    })
    expect(largest).toBeGreaterThan(1)
    expectNothingLeft(run)
  })
})

describe('scopes', () => {
  it('ControlPlane leaves the nodes, and Pools takes them later', async () => {
    const run = await started({ poolOf: (worker) => (worker === 0 ? 'ingress' : 'blue') })
    await run.create('masters', { version: to, scope: 'ControlPlane' })
    await run.until('masters', ({ phase }) => phase === 'Complete')
    expect(run.witness.changed).toEqual(['server-0'])
    const pools = [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } } }]
    await run.create('pools', { version: to, scope: 'Pools', pools })
    const end = await run.until('pools', ({ phase }) => phase === 'Complete')
    expect(end.progress?.nodes).toBe('2/2')
    expect([...run.witness.changed].sort()).toEqual(['server-0', 'worker-1', 'worker-2'])
    expectNothingLeft(run)
  })
})
