import { afterEach, describe, expect, it } from 'vitest'
import { UpgradeCluster } from './upgrade-cluster.ts'
import { namespace, type RunningController } from './virtual-cluster.ts'

const other = 'other-upgrades'
const to = { version: 'v1.31.5+k3s1' }
const lease = 'leases.coordination.k8s.io'
const key = { namespace: 'kube-system', name: 'falkirk-cluster-upgrade' }

const running: UpgradeCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

interface Stage {
  readonly run: UpgradeCluster
  /** Of the usual namespace, and of another. */
  readonly controllers: readonly [RunningController, RunningController]
}

/** One server, two workers, and a controller in each of two namespaces. */
async function twoControllers(): Promise<Stage> {
  const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 2 })
  running.push(run)
  await run.cluster.twin.api.client.create('namespaces', { metadata: { name: other } })
  const start = (where: string) => run.cluster.startController({ namespace: where, leaderElect: true })
  const controllers = [start(namespace), start(other)] as const
  await run.cluster.clock.advance(20_000)
  return { run, controllers }
}

const holder = ({ cluster: { store } }: UpgradeCluster) =>
  (store.get(lease, key.namespace, key.name)?.spec as { holderIdentity?: string } | undefined)?.holderIdentity
const jobsIn = ({ cluster: { store } }: UpgradeCluster, where: string) => store.list('jobs.batch', where).length
const isAt = (run: UpgradeCluster, step: 'Draining' | 'Changing') =>
  run.until('up', ({ inFlight = [] }) => inFlight.some((one) => one.step === step))

/** Writes that are about runs: their status, and what is done to nodes. */
const writesOf = ({ writes }: RunningController) =>
  writes.filter(({ path }) => /clusterupgrades|\/nodes\/|\/jobs/.test(path)).map(({ method, path }) => `${method} ${path}`)

function split({ run, controllers: [usual, foreign] }: Stage): {
  readonly mine: RunningController
  readonly where: string
  readonly idle: RunningController
} {
  const isUsual = holder(run) === `${namespace}/system-upgrade-controller`
  return isUsual ? { mine: usual, where: namespace, idle: foreign } : { mine: foreign, where: other, idle: usual }
}

describe('two controllers in different namespaces', () => {
  it('ask for no lock while there is no run, and one of them alone looks after one', async () => {
    const stage = await twoControllers()
    const { run } = stage
    expect(holder(run)).toBeUndefined()
    await run.create('up', to)
    await run.until('up', ({ phase }) => phase === 'Complete')
    const { where, idle } = split(stage)
    expect(writesOf(idle)).toEqual([])
    expect(jobsIn(run, where === other ? namespace : other)).toBe(0)
    expect([...run.witness.leftOvers(), ...run.problems()]).toEqual([])
  })

  it('have two runs one after the other, both by one of them', async () => {
    const stage = await twoControllers()
    const { run } = stage
    await run.create('up', to)
    await run.cluster.clock.advance(1_500)
    await run.create('later', { version: 'v1.32.1+k3s1' })
    await run.until('up', ({ phase }) => phase === 'Complete')
    await run.until('later', ({ phase }) => phase === 'Complete')
    expect(writesOf(split(stage).idle)).toEqual([])
    expect([...run.witness.leftOvers(), ...run.problems()]).toEqual([])
  })

  it('leave a run that has begun to the namespace of the one that is killed: a replica there goes on, the other touches nothing', async () => {
    const stage = await twoControllers()
    const { run } = stage
    await run.create('up', to)
    await isAt(run, 'Changing')
    const { mine, where, idle } = split(stage)
    mine.kill()
    await run.cluster.clock.advance(600_000)
    expect(run.status('up').phase).not.toBe('Complete')
    run.cluster.startController({ namespace: where, leaderElect: true })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(writesOf(idle)).toEqual([])
    expect([...run.witness.leftOvers(), ...run.problems()]).toEqual([])
  })

  it('go on with the run of one that is gone for good when its Lease is deleted', async () => {
    const stage = await twoControllers()
    const { run } = stage
    await run.create('up', to)
    await isAt(run, 'Draining')
    const { mine, where } = split(stage)
    mine.kill()
    await run.cluster.clock.advance(300_000)
    await run.cluster.twin.api.client.delete(lease, key)
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(holder(run)).not.toContain(`${where}/`)
    expect([...run.witness.leftOvers(), ...run.problems()]).toEqual([])
  })

  it('take the next run, whoever had the one before', async () => {
    const stage = await twoControllers()
    const { run } = stage
    await run.create('up', to)
    await run.until('up', ({ phase }) => phase === 'Complete')
    const { mine, where } = split(stage)
    mine.kill()
    await run.create('next', { version: 'v1.32.1+k3s1' })
    await run.until('next', ({ phase }) => phase === 'Complete')
    expect(holder(run)).not.toContain(`${where}/`)
    expect([...run.witness.leftOvers(), ...run.problems()]).toEqual([])
  })
})
