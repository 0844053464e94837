import { afterEach, expect, it } from 'vitest'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

const kured = { metadata: { namespace: 'kube-system', name: 'kured' } }
const labels = { name: 'kured' }
const daemonSet: DraftObject = {
  ...kured,
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'kured', image: 'ghcr.io/kubereboot/kured:1.17.1' }] } },
  },
}

/** As kured on that node takes the lock; undefined: as it releases it. */
async function lock({ cluster: { twin } }: UpgradeCluster, nodeID: string | undefined): Promise<void> {
  const held = { nodeID, metadata: { unschedulable: false }, created: '2026-01-01T00:00:00Z', TTL: 0 }
  const annotations: Record<string, string> = nodeID === undefined ? {} : { 'weave.works/kured-node-lock': JSON.stringify(held) }
  const { namespace, name } = kured.metadata
  await twin.api.client.change('daemonsets.apps', { namespace, name }, (found) => ({
    ...found,
    metadata: { ...found.metadata, annotations },
  }))
}

it('a node that kured reboots is waited for, before a run and in the middle of it', async () => {
  const run = await UpgradeCluster.start({ version: 'v1.20.2+k3s1', servers: 1, workers: 2, objects: [['daemonsets.apps', daemonSet]] })
  running.push(run)
  await lock(run, 'worker-0')
  run.cluster.startController()
  await run.create('up', { version: 'v1.21.1+k3s1' })
  const waiting = () => run.until('up', ({ phase, message = '' }) => phase === 'Pending' && /^waits: kured reboots worker-0 /.test(message))
  await waiting()
  await run.cluster.clock.advance(120_000)
  expect(run.witness.changed).toEqual([])

  await lock(run, undefined)
  await run.until('up', ({ inFlight = [] }) => inFlight.some(({ node, step }) => node === 'worker-0' && step === 'Changing'))
  await lock(run, 'worker-0')
  await waiting()
  await run.cluster.clock.advance(300_000)
  expect(run.witness.changed).toEqual(['server-0', 'worker-0'])

  await lock(run, undefined)
  await run.until('up', ({ phase }) => phase === 'Complete')
  expect(run.witness.leftOvers()).toEqual([])
  expect(run.problems()).toEqual([])
})
