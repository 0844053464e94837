import type { Node } from 'kubernetes-types/core/v1'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../cluster/clock.ts'
import { silentLog } from '../../cluster/log.ts'
import { as, type DraftObject } from '../kube-object.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { type JoinOptions, joinCluster, joinedLabel } from './join-cluster.ts'
import { administrator, nobody, servedCluster } from './served-cluster.test-support.ts'

type Cluster = Awaited<ReturnType<typeof servedCluster>>

async function join(cluster: Cluster, options: Partial<JoinOptions> = {}) {
  const access = cluster.accessOf(administrator)
  const joined = await joinCluster({ access, clock: systemClock, random: seededRandom(1), count: 3, speed: 20, log: silentLog, ...options })
  let left: ReturnType<typeof joined.leave> | undefined
  const leave = () => {
    left ??= joined.leave()
    return left
  }
  onTestFinished(async () => void (await leave().catch(() => undefined)))
  return { ...joined, leave }
}

const node = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } }) as DraftObject
const web = (replicas: number) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    },
  }) as DraftObject

describe('nodes that join a cluster', () => {
  it('are Ready, as old as its API server, and run the pods that are bound to them', async () => {
    const cluster = await servedCluster()
    const joined = await join(cluster)
    expect(joined).toMatchObject({ names: ['twin-001', 'twin-002', 'twin-003'], version: 'v1.30.4', distribution: 'kubeadm' })
    await cluster.client.create('deployments.apps', web(4))
    const ready = () => cluster.pods().filter(({ status }) => status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'))
    await expect.poll(() => ready().length, { timeout: 20_000 }).toBe(4)
    const { status } = as<Node>(cluster.store.get('nodes', undefined, 'twin-001') ?? {})
    expect(status?.nodeInfo?.kubeletVersion).toBe('v1.30.4')
    expect(status?.daemonEndpoints?.kubeletEndpoint?.Port).toBeGreaterThan(0)
    // no pod of the cluster has such an address
    expect(new Set(ready().map(({ status: is }) => is?.podIP?.split('.')[0]))).toEqual(new Set(['250']))
  })

  it('have a Lease that goes with its Node', async () => {
    const cluster = await servedCluster()
    await join(cluster, { count: 1 })
    const uid = cluster.store.get('nodes', undefined, 'twin-001')?.metadata.uid
    expect(cluster.store.get('leases.coordination.k8s.io', 'kube-node-lease', 'twin-001')?.metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Node', name: 'twin-001', uid },
    ])
  })

  it('never take over a node that is there', async () => {
    const cluster = await servedCluster()
    await cluster.client.create('nodes', node('twin-002'))
    const { names } = await join(cluster)
    expect(names).toEqual(['twin-001', 'twin-003', 'twin-004'])
    expect(cluster.lines.filter((line) => line.startsWith('PATCH') && line.includes('twin-002'))).toEqual([])
    const { metadata, status } = as<Node>(cluster.store.get('nodes', undefined, 'twin-002') ?? {})
    expect({ labels: metadata?.labels?.[joinedLabel], info: status?.nodeInfo?.kubeletVersion ?? '' }).toEqual({
      labels: undefined,
      info: '',
    })
  })

  it('take another name when somebody is faster with theirs', async () => {
    let taken = false
    const cluster = await servedCluster(async (line, twin) => {
      if (line !== 'POST /api/v1/nodes' || taken) return
      taken = true
      await twin.api.client.create('nodes', node('twin-001'))
    })
    const { names, leave } = await join(cluster, { count: 2 })
    expect(names).toEqual(['twin-002', 'twin-003'])
    await leave()
    expect(cluster.nodeNames()).toEqual(['twin-001'])
  })

  it('go with every pod on them, and with nothing else', async () => {
    const cluster = await servedCluster()
    await cluster.client.create('nodes', node('own'))
    const { names, leave } = await join(cluster)
    await cluster.client.create('deployments.apps', web(5))
    const bound = () => cluster.pods().filter(({ spec }) => names.includes(spec?.nodeName ?? ''))
    await expect.poll(() => bound().length, { timeout: 20_000 }).toBe(5)
    expect(await leave()).toEqual({ nodes: 3, pods: 5 })
    expect(cluster.nodeNames()).toEqual(['own'])
    expect(bound()).toEqual([])
    expect(cluster.store.get('deployments.apps', 'default', 'web')).toBeDefined()
  })

  it('of two runs go each for itself', async () => {
    const cluster = await servedCluster()
    const [one, other] = [await join(cluster, { count: 2 }), await join(cluster, { count: 2 })]
    expect(other.names).toEqual(['twin-003', 'twin-004'])
    await one.leave()
    expect(cluster.nodeNames()).toEqual(['twin-003', 'twin-004'])
    expect(Object.keys(cluster.store.list('nodes')[0]?.metadata.labels ?? {})).toContain(joinedLabel)
  })
})

describe('nothing is written', () => {
  it.each([
    {
      what: 'for a user without rights',
      options: (cluster: Cluster) => ({ access: cluster.accessOf(nobody) }),
      said: {
        code: 'FK_FORBIDDEN',
        message: expect.stringMatching(
          /^the user of a test may not list, get, create, patch, delete nodes; patch nodes\/status; .*administrator$/,
        ),
      },
    },
    {
      what: 'for kubelets that are newer than the API server',
      options: () => ({ version: 'v1.31.0' }),
      said: {
        code: 'FK_BAD_SETTING',
        message: '--version is "v1.31.0", and the API server is v1.30.4: kubelets are never newer than their API server',
      },
    },
  ])('$what', async ({ options, said }) => {
    const cluster = await servedCluster()
    await expect(join(cluster, options(cluster))).rejects.toMatchObject(said)
    expect(cluster.nodeNames()).toEqual([])
  })

  it('where no server is', async () => {
    const cluster = await servedCluster()
    const access = { ...cluster.accessOf(administrator), server: 'https://127.0.0.1:1' }
    await expect(join(cluster, { access })).rejects.toMatchObject({ code: 'FK_API_UNREACHABLE' })
  })

  it('that stays when not all nodes could be registered', async () => {
    let posts = 0
    const cluster = await servedCluster(async (line) => {
      if (line === 'POST /api/v1/nodes') posts += 1
      if (posts === 3) throw new Error('broken')
    })
    await expect(join(cluster, { count: 4 })).rejects.toThrow()
    posts = 100
    await expect.poll(() => cluster.nodeNames()).toEqual([])
  })
})
