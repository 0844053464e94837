import { afterEach, expect, it } from 'vitest'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

interface Told {
  /** Writes of the first controller. */
  readonly writes: number
  /** What nodes and the ClusterUpgrade look like in the end. */
  readonly end: string
}

/** A run whose first controller dies at one of its writes; another one takes over a little later. */
async function told(death?: { readonly write: number; readonly when: 'Before' | 'After' }): Promise<Told> {
  const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 1 })
  running.push(run)
  const { cluster } = run
  const onDeath = () => void cluster.clock.after(7_000, () => cluster.startController())
  const first = cluster.startController(death === undefined ? {} : { death: { ...death, onDeath } })
  await run.create('up', { version: 'v1.31.5+k3s1', pools: [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } } }] })
  const { phase, progress, failed, message } = await run.until('up', (status) => status.phase === 'Complete')
  const nodes = cluster.store.list('nodes').map(({ metadata, spec, status }) => {
    const { kubeletVersion } = (status as { nodeInfo: { kubeletVersion: string } }).nodeInfo
    return { name: metadata.name, kubeletVersion, unschedulable: (spec as { unschedulable?: boolean }).unschedulable === true }
  })
  expect({ death, problems: run.problems(), leftOvers: run.witness.leftOvers() }).toEqual({ death, problems: [], leftOvers: [] })
  running.splice(running.indexOf(run), 1)
  cluster.stop()
  return { writes: first.writes.length, end: JSON.stringify({ phase, progress, failed, message, nodes }) }
}

it('a controller that is killed at any of its writes, before or after it, leads to the same end, and no node is changed twice', async () => {
  const { writes, end } = await told()
  expect(writes).toBeGreaterThan(20)
  for (let write = 1; write <= writes; write++) {
    for (const when of ['Before', 'After'] as const) {
      expect({ write, when, end: (await told({ write, when })).end }).toEqual({ write, when, end })
    }
  }
})
