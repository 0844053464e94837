import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RigCluster } from '../../rig/k3s-cluster.ts'
import { readUpgrades } from '../../rig/upgrade-ledger.ts'
import { untilControllerReady } from './install.ts'
import { keepBinary } from './put-back.ts'
import { describeHosts, type TargetCluster, targetCluster } from './target-cluster.ts'

const before = 'v1.20.2+k3s1'
const after = 'v1.20.3+k3s1'

const upgrade = `
apiVersion: falkirk.dev/v1alpha1
kind: ClusterUpgrade
metadata:
  name: to-the-next-patch
spec:
  version: ${after}
  soak:
    for: 2s
`

interface SeenUpgrade {
  readonly status?: {
    readonly phase: string
    readonly message: string
    readonly path: readonly string[]
    readonly progress: { readonly controlPlane: string; readonly nodes: string }
    readonly inFlight: readonly unknown[]
    readonly failed: readonly unknown[]
  }
}

describeHosts('a ClusterUpgrade of a k3s cluster', () => {
  let cluster: TargetCluster
  let rig: RigCluster
  const agents = ['agent-1', 'agent-2']

  beforeAll(async () => {
    cluster = await targetCluster({ version: before })
    if (cluster.rig === undefined) throw new Error('these tests need hosts of their own')
    rig = cluster.rig
    await Promise.all(rig.hosts.map(keepBinary))
    await cluster.kubectl(['apply', '-k', 'deploy/base'])
    await untilControllerReady(cluster)
  })

  afterAll(async () => {
    await cluster?.down()
  })

  const seen = () => cluster.kubectl.json<SeenUpgrade>(['get', 'clusterupgrade', 'to-the-next-patch'])

  /** The only API server goes away while its host is changed: what cannot be asked now is asked again. */
  async function untilPhase(phase: string): Promise<SeenUpgrade> {
    const endsAtMs = Date.now() + 300_000
    let last = 'never seen'
    while (Date.now() < endsAtMs) {
      const found = await seen().catch((error: Error) => error.message)
      if (typeof found !== 'string' && found.status?.phase === phase) return found
      last = typeof found === 'string' ? found : `${found.status?.phase}: ${found.status?.message}`
      await sleep(500)
    }
    throw new Error(`not ${phase} within 300 s; last: ${last}`)
  }

  it('that is paused touches nothing', async () => {
    await cluster.kubectl.apply(upgrade.replace('spec:', 'spec:\n  action: Pause'))
    await cluster.kubectl(['wait', 'clusterupgrade/to-the-next-patch', '--for=condition=Progressing=False', '--timeout=60s'])
    expect((await seen()).status).toMatchObject({ phase: 'Paused', path: [after], inFlight: [] })
    expect(cluster.observer.nodes.became(({ unschedulable }) => unschedulable)).toEqual([])
    for (const host of rig.hosts) expect(readUpgrades(host)).toEqual([])
  })

  it('takes the server, then one agent after the other, each exactly once, and leaves nothing of itself behind', async () => {
    await cluster.kubectl(['patch', 'clusterupgrade', 'to-the-next-patch', '--type=merge', '--patch={"spec":{"action":"Run"}}'])
    expect((await untilPhase('Complete')).status).toMatchObject({
      phase: 'Complete',
      message: `the cluster runs ${after}`,
      progress: { controlPlane: '1/1', nodes: '2/2' },
      inFlight: [],
      failed: [],
    })
    const { observer } = cluster
    const cordons = observer.nodes.became(({ unschedulable }) => unschedulable).map(({ key }) => key)
    expect(cordons[0]).toBe('server-1')
    expect([...cordons].sort()).toEqual([...agents, 'server-1'])
    expect(observer.maxCordoned().count).toBe(1)
    for (const host of rig.hosts) {
      const states = observer.nodes.history(host.name).flatMap(({ facts }) => facts ?? [])
      const versions = states.map(({ kubeletVersion }) => kubeletVersion)
      expect(versions.filter((version, index) => version !== versions[index - 1])).toEqual([before, after])
      expect(states.find(({ kubeletVersion }) => kubeletVersion === after)?.unschedulable).toBe(true)
      expect(readUpgrades(host).map(({ what }) => what)).toEqual(['started', 'replaced'])
    }
    const { items } = await cluster.kubectl.json<{ items: { metadata: object; spec: { unschedulable?: boolean } }[] }>(['get', 'nodes'])
    expect(items.filter(({ metadata }) => JSON.stringify(metadata).includes('falkirk.dev/'))).toEqual([])
    expect(items.filter(({ spec }) => spec.unschedulable === true)).toEqual([])
  })

  it('is not begun again by another pod of the controller', async () => {
    const { status } = await seen()
    await cluster.kubectl(['-n', 'system-upgrade', 'rollout', 'restart', 'deployment/system-upgrade-controller'])
    await untilControllerReady(cluster)
    expect((await seen()).status).toEqual(status)
    for (const host of rig.hosts) expect(readUpgrades(host)).toHaveLength(2)
  })
})
