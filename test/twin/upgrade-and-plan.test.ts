import { afterEach, describe, expect, it } from 'vitest'
import { agentsPlan } from './agents-plan.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []
const key = agentsPlan.metadata

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

async function createPlan({ cluster }: UpgradeCluster): Promise<void> {
  await cluster.twin.api.client.create('plans.upgrade.cattle.io', agentsPlan)
}

/** Notes every instant at which a Job of the Plan and a node of the run are under way together. */
function overlaps({ cluster: { store, clock } }: UpgradeCluster): string[] {
  const seen: string[] = []
  const look = () => {
    const jobs = store.list('jobs.batch').filter(({ metadata, status }) => {
      const { completionTime, conditions = [] } = (status ?? {}) as { completionTime?: string; conditions?: readonly unknown[] }
      return metadata.labels?.['upgrade.cattle.io/plan'] === key.name && completionTime === undefined && conditions.length === 0
    })
    const nodes = store.list('nodes').filter(({ metadata }) => metadata.annotations?.['falkirk.dev/run'] !== undefined)
    const at = new Date(clock.now()).toISOString()
    if (jobs.length > 0 && nodes.length > 0) seen.push(`${at} ${jobs[0]?.metadata.name} beside ${nodes[0]?.metadata.name}`)
  }
  store.subscribe(({ resource }) => {
    if (resource === 'nodes' || resource === 'jobs.batch') look()
  })
  return seen
}

describe('a Plan and a ClusterUpgrade that are created at nearly the same time', () => {
  it.each([-100, 0, 2_000])('the Plan %i ms before: never have nodes under way together', async (beforeMs) => {
    const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 2 })
    running.push(run)
    const seen = overlaps(run)
    run.cluster.startController()
    await run.cluster.clock.advance(5_000)
    if (beforeMs >= 0) await createPlan(run)
    else await run.create('up', { version: 'v1.31.5+k3s1' })
    await run.cluster.clock.advance(Math.abs(beforeMs))
    if (beforeMs < 0) await createPlan(run)
    else await run.create('up', { version: 'v1.31.5+k3s1' })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(seen).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it.each([
    { what: 'every write reaches the server late', beforeMs: 300, slow: { paths: /./, thereMs: 3_000, backMs: 0 } },
    { what: 'what is written of the Plan reaches the server late', beforeMs: 300, slow: { paths: /\/plans\//, thereMs: 5_000, backMs: 0 } },
  ])('where $what: never have nodes under way together', async ({ slow, beforeMs }) => {
    const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 2 })
    running.push(run)
    const seen = overlaps(run)
    run.cluster.startController({ slow })
    await run.cluster.clock.advance(20_000)
    await createPlan(run)
    await run.cluster.clock.advance(beforeMs)
    await run.create('up', { version: 'v1.31.5+k3s1' })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(seen).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('when the controller is started anew in the middle of the run: the Plan still waits for it', async () => {
    const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 2 })
    running.push(run)
    const seen = overlaps(run)
    const first = run.cluster.startController()
    await run.create('up', { version: 'v1.31.5+k3s1' })
    await run.until('up', ({ inFlight = [] }) => inFlight.some(({ step }) => step === 'Changing'))
    await createPlan(run)
    await run.cluster.clock.advance(5_000)
    first.kill()
    run.cluster.startController()
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(seen).toEqual([])
    expect(run.problems()).toEqual([])
  })
})
