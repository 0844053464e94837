import { afterEach, describe, expect, it } from 'vitest'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import { UpgradeCluster, type UpgradeClusterOptions } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

async function started(options: UpgradeClusterOptions): Promise<UpgradeCluster> {
  const one = await UpgradeCluster.start(options)
  running.push(one)
  one.cluster.startController()
  return one
}

function web(
  replicas: number,
  minAvailable: number,
  nodeSelector?: Readonly<Record<string, string>>,
): readonly (readonly [string, DraftObject])[] {
  const labels = { app: 'web' }
  const metadata = { namespace: 'default', name: 'web' }
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'web', image: 'registry.example.org/web:1' }], ...(nodeSelector ? { nodeSelector } : {}) },
  }
  return [
    ['deployments.apps', { metadata, spec: { replicas, selector: { matchLabels: labels }, template } }],
    ['poddisruptionbudgets.policy', { metadata, spec: { minAvailable, selector: { matchLabels: labels } } }],
  ]
}

const small = { version: 'v1.20.2+k3s1', servers: 3, workers: 8 }
const to = 'v1.21.1+k3s1'

describe('a run', () => {
  it('takes servers one by one, then pools in batches that grow, and leaves nothing behind', async () => {
    const poolOf = (worker: number) => (worker < 1 ? 'ingress' : 'blue')
    const run = await started({ ...small, poolOf, objects: web(1, 0) })
    const pools = [
      { name: 'ingress', nodeSelector: { matchLabels: { pool: 'ingress' } } },
      { name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } }, batches: { first: 1, factor: 2, max: 4 } },
    ]
    await run.create('to-1-21', { version: to, pools })
    const batches = new Set<string>()
    const end = await run.until('to-1-21', ({ phase, pools: seen = [] }) => {
      for (const { name, batch } of seen) if (batch !== undefined) batches.add(`${name} ${batch.number}: ${batch.nodes.length}`)
      return phase === 'Complete'
    })
    expect(end).toMatchObject({
      message: `the cluster runs ${to}`,
      progress: { controlPlane: '3/3', nodes: '8/8' },
      inFlight: [],
      failed: [],
    })
    expect([...batches]).toEqual(['ingress 1: 1', 'blue 1: 1', 'blue 2: 2', 'blue 3: 4'])
    expect(run.witness.changed.slice(0, 4)).toEqual(['server-0', 'server-1', 'server-2', 'worker-0'])
    expect([...run.witness.changed].sort()).toEqual(
      run.cluster.store
        .list('nodes')
        .map((node) => node.metadata.name)
        .sort(),
    )
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('goes over every minor with its servers, and drains its workers as seldom as the version-skew policy allows', async () => {
    const run = await started({ version: 'v1.27.3+k3s1', servers: 3, workers: 3 })
    await run.create('up', { version: 'v1.32.11+k3s1' })
    const end = await run.until('up', ({ phase }) => phase === 'Complete' || phase === 'Refused', 20_000)
    const minors = (node: string) => run.witness.versions.get(node)?.map((version) => /v1\.(\d+)/.exec(version)?.[1])
    expect(end).toMatchObject({ phase: 'Complete', from: 'v1.27.3+k3s1', progress: { controlPlane: '3/3', nodes: '3/3' } })
    expect(minors('server-0')).toEqual(['28', '29', '30', '31', '32'])
    expect(minors('worker-0')).toEqual(['30', '32'])
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('never takes two nodes together that hold the replicas of one workload, budget or not', async () => {
    const [deployment] = web(2, 0, { pool: 'blue' })
    const run = await started({ ...small, servers: 1, objects: deployment === undefined ? [] : [deployment] })
    const webNodes = () => run.cluster.store.list('pods', 'default').map((pod) => (pod.spec as { nodeName?: string }).nodeName)
    await run.create('up', {
      version: to,
      pools: [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } }, batches: { first: 8 } }],
    })
    const together: string[] = []
    let largest = 0
    await run.until('up', ({ phase, inFlight = [] }) => {
      const draining = inFlight.filter(({ step }) => step !== 'Soaking').map(({ node }) => node)
      const held = new Set(webNodes().filter((node) => node !== undefined && draining.includes(node)))
      if (held.size > 1) together.push([...held].join(' and '))
      largest = Math.max(largest, inFlight.length)
      return phase === 'Complete'
    })
    expect(together).toEqual([])
    expect(largest).toBeGreaterThan(4)
    expect(run.problems()).toEqual([])
  })

  it('paused lets the started batch finish, starts no other, and grows from the first size again when it goes on', async () => {
    const run = await started(small)
    await run.create('up', { version: to })
    await run.until('up', ({ pools = [] }) => pools[0]?.batch?.number === 2)
    await run.edit('up', { action: 'Pause' })
    await run.until('up', ({ phase, inFlight = [] }) => phase === 'Paused' && inFlight.length === 0)
    const changed = [...run.witness.changed]
    expect(changed).toHaveLength(3 + 1 + 2)
    expect(run.witness.leftOvers().filter((left) => !left.endsWith('tainted'))).toEqual([])
    await run.cluster.clock.advance(600_000)
    expect(run.witness.changed).toEqual(changed)
    await run.edit('up', { action: 'Run' })
    const { pools } = await run.until('up', ({ pools: seen = [] }) => seen[0]?.batch !== undefined)
    expect(pools?.[0]?.batch).toMatchObject({ number: 1 })
    expect(pools?.[0]?.batch?.nodes).toHaveLength(1)
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(run.problems()).toEqual([])
  })

  it('cancelled lets started nodes finish and leaves the others untouched', async () => {
    const run = await started(small)
    await run.create('up', { version: to })
    await run.until('up', ({ inFlight = [] }) => inFlight.some(({ node, step }) => node === 'server-1' && step === 'Changing'))
    await run.edit('up', { action: 'Cancel' })
    const end = await run.until('up', ({ phase }) => phase === 'Cancelled')
    expect(end).toMatchObject({ inFlight: [], progress: { controlPlane: '2/3', nodes: '0/8' } })
    expect(run.witness.leftOvers()).toEqual([])
    await run.cluster.clock.advance(600_000)
    expect(run.witness.changed).toEqual(['server-0', 'server-1'])
    expect(run.problems()).toEqual([])
  })

  it('whose image fails stops at the first node, says why, and goes on when it is mended and continued', async () => {
    const run = await started(small)
    await run.create('up', { version: to, failure: { retries: 1 }, node: { upgrade: { image: 'rig/upgrade-fails' } } })
    const stopped = await run.until('up', ({ phase }) => phase === 'Stopped')
    expect(stopped.stop).toMatchObject({ number: 1, reason: 'JobFailed' })
    expect(stopped.message).toMatch(/failed on Node server-0.*then falkirk continue \(spec.continueFrom: 1\)$/s)
    expect(stopped.failed).toMatchObject([{ node: 'server-0', reason: 'JobFailed' }])
    expect(run.witness.changed).toEqual(['server-0'])
    await run.edit('up', { continueFrom: 1, node: {} })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('whose drain never ends stops after its time, and the node serves again', async () => {
    const run = await started({ ...small, servers: 1, objects: web(2, 2) })
    await run.create('up', { version: to, drain: { timeout: '5m' } })
    const stopped = await run.until('up', ({ phase }) => phase === 'Stopped')
    expect(stopped.stop?.message).toMatch(/was not drained within 5m0s: default\/web-/)
    await run.cluster.clock.advance(10_000)
    expect(run.cluster.store.list('nodes').filter((node) => (node.spec as { unschedulable?: boolean }).unschedulable)).toEqual([])
    await run.edit('up', { action: 'Cancel' })
    await run.until('up', ({ phase }) => phase === 'Cancelled')
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('with Quarantine sets the node aside and goes on', async () => {
    const run = await started({ ...small, servers: 1, workers: 4, objects: web(1, 1, { pool: 'blue' }) })
    await run.create('up', { version: to, drain: { timeout: '5m', whenBlocked: 'Quarantine' } })
    const end = await run.until('up', ({ phase }) => phase === 'CompletedWithFindings')
    expect(end.failed).toHaveLength(1)
    expect(end.progress).toEqual({ controlPlane: '1/1', nodes: '3/4' })
    const name = end.failed?.[0]?.node ?? ''
    const node = run.cluster.store.get('nodes', undefined, name)
    expect(node?.metadata.labels).toMatchObject({ 'falkirk.dev/quarantined': 'up' })
    expect(node?.spec).toMatchObject({ unschedulable: true })
    expect(run.problems()).toEqual([])
  })
})

describe('what is refused touches nothing', () => {
  it.each([
    { what: 'a downgrade', spec: { version: 'v1.19.9+k3s1' }, message: /lower/ },
    { what: 'no version', spec: { version: 'latest' }, message: /spec\.version "latest" is no version of Kubernetes/ },
    {
      what: 'a field of another Falkirk',
      spec: { version: to, windows: [] },
      message: /spec\.windows is no field that this Falkirk knows/,
    },
    {
      what: 'an empty pool',
      spec: { version: to, pools: [{ name: 'gpu', nodeSelector: { matchLabels: { pool: 'gpu' } } }] },
      message: /spec\.pools\[0\] \(gpu\) selects no node/,
    },
    { what: 'a node that is none', spec: { version: to, nodes: ['worker-99'] }, message: /spec\.nodes names worker-99, which is no node/ },
  ])('$what', async ({ spec, message }) => {
    const run = await started(small)
    await run.create('up', spec)
    const end = await run.until('up', ({ phase }) => phase === 'Refused')
    expect(end.message).toMatch(message)
    await run.cluster.clock.advance(300_000)
    expect(run.witness.changed).toEqual([])
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })
})
