import { afterEach, describe, expect, it } from 'vitest'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

async function started(distribution: 'k3s' | 'kubeadm', version: string): Promise<UpgradeCluster> {
  const one = await UpgradeCluster.start({ version, servers: 3, workers: 3, distribution })
  running.push(one)
  one.cluster.startController()
  return one
}

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
