import { afterEach, describe, expect, it } from 'vitest'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

const workers = 12
const replicas = 24

/** Pods of half a core on nodes of two: the cluster is half full. */
function shop(name: string): readonly [string, DraftObject] {
  const labels = { app: name }
  const container = { name, image: `registry.example.org/${name}:1`, resources: { requests: { cpu: '500m', memory: '64Mi' } } }
  const spec = { containers: [container], nodeSelector: { pool: 'blue' } }
  return [
    'deployments.apps',
    {
      metadata: { namespace: 'default', name },
      spec: { replicas: replicas / 4, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  ]
}

/** Moves of a pod as the witness has seen them, and as the run tells. */
async function upgraded(preferDoneNodes: boolean): Promise<{ readonly seen: number; readonly told: number; readonly run: UpgradeCluster }> {
  const run = await UpgradeCluster.start({
    version: 'v1.30.4+k3s1',
    servers: 1,
    workers,
    objects: ['shop', 'cart', 'search', 'mail'].map(shop),
  })
  running.push(run)
  run.cluster.startController()
  const pools = [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } }, batches: { first: 1, max: 2 } }]
  await run.create('up', { version: 'v1.31.5+k3s1', pools, drain: { preferDoneNodes } })
  const { moves } = await run.until('up', ({ phase }) => phase === 'Complete')
  expect(run.witness.leftOvers()).toEqual([])
  expect(run.problems()).toEqual([])
  return { seen: run.witness.moves / replicas, told: Number(moves?.perPod), run }
}

describe('moves of a pod', () => {
  it('stay near one while nodes that are still to come are avoided, and do not without', async () => {
    const steered = await upgraded(true)
    const left = await upgraded(false)
    expect(steered.seen).toBeLessThanOrEqual(1.1)
    expect(left.seen).toBeGreaterThan(1.1)
    expect(steered.told).toBeCloseTo(steered.seen, 1)
    expect(left.told).toBeCloseTo(left.seen, 1)
  })
})
