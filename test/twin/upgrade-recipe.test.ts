import type { JobSpec } from 'kubernetes-types/batch/v1.js'
import { afterEach, describe, expect, it } from 'vitest'
import { UpgradeCluster } from './upgrade-cluster.ts'
import { type ControllerStart, namespace } from './virtual-cluster.ts'

const running: UpgradeCluster[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

async function started(distribution: 'k3s' | 'kubeadm', version: string, start: ControllerStart = {}): Promise<UpgradeCluster> {
  const one = await UpgradeCluster.start({ version, servers: 3, workers: 3, distribution })
  running.push(one)
  one.cluster.startController(start)
  return one
}

const podName = 'system-upgrade-controller-0'
const env = { FALKIRK_POD_NAME: podName }
/** The pod that the controller is told to be in. */
const ownPod = {
  metadata: { name: podName, namespace },
  spec: {
    containers: [
      { name: 'beside', image: 'registry.example.org/proxy:v1' },
      { name: 'controller', image: 'registry.example.org/falkirk:v7', env: [{ name: 'FALKIRK_POD_NAME', value: podName }] },
    ],
  },
} as const

const node = { recipe: { runnerImage: 'registry.example.org/falkirk:v1' } }

describe('a run by recipe', () => {
  it('brings servers, then workers to the version, over each minor on the way, and leaves nothing behind', async () => {
    const run = await started('k3s', 'v1.20.2+k3s1')
    await run.create('to-1-22', { version: 'v1.22.17+k3s1', node })
    const end = await run.until('to-1-22', ({ phase }) => phase === 'Complete')
    expect(end).toMatchObject({ progress: { controlPlane: '3/3', nodes: '3/3' }, failed: [] })
    expect(run.witness.changed.slice(0, 3)).toEqual(['server-0', 'server-1', 'server-2'])
    const nodes = run.cluster.store.list('nodes').map(({ status }) => status as { nodeInfo: { kubeletVersion: string } })
    const versions = nodes.map(({ nodeInfo }) => nodeInfo.kubeletVersion)
    expect(new Set(versions)).toEqual(new Set(['v1.22.17+k3s1']))
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it("is carried out by the image of the controller's own pod, once that is known, where it names none", async () => {
    const run = await started('k3s', 'v1.20.2+k3s1', { env })
    // its pod goes with the node that it is on: what was read is not asked for again
    await run.create('up', { version: 'v1.20.15+k3s1', node: { recipe: {} }, drain: { force: true } })
    const { message } = await run.until('up', ({ phase }) => phase === 'Refused')
    expect(message).toMatch(
      /^spec\.node\.recipe\.runnerImage is not set, .* \(there is no Pod system-upgrade\/system-upgrade-controller-0\): set it to the image of Falkirk$/,
    )
    await run.cluster.twin.api.client.create('pods', ownPod)
    await run.until('up', ({ phase }) => phase === 'ControlPlane', 90)
    await run.until('up', ({ phase }) => phase === 'Complete')
    const jobs = run.cluster.store.list('jobs.batch').map(({ spec }) => (spec as JobSpec).template.spec?.containers ?? [])
    expect(new Set(jobs.flat().map(({ image }) => image))).toEqual(new Set(['registry.example.org/falkirk:v7']))
    expect(run.problems()).toEqual([])
  })

  it('that names no image is refused by a controller that runs in no pod', async () => {
    const run = await started('k3s', 'v1.20.2+k3s1')
    await run.create('up', { version: 'v1.20.15+k3s1', node: { recipe: {} } })
    const { message } = await run.until('up', ({ phase }) => phase === 'Refused')
    expect(message).toContain('(it does not run in a pod, or FALKIRK_POD_NAME is not set): set it to the image of Falkirk')
    expect(run.witness.changed).toEqual([])
  })

  it('is refused for kubeadm, with what to write instead', async () => {
    const run = await started('kubeadm', 'v1.20.2')
    await run.create('to-1-21', { version: 'v1.21.14', node })
    const { message } = await run.until('to-1-21', ({ phase }) => phase === 'Refused')
    expect(message).toContain(
      'v1.21.14 is neither k3s nor RKE2, and spec.node.recipe knows nothing else: name an image in spec.node.upgrade.image instead',
    )
    expect(run.witness.changed).toEqual([])
  })
})
