import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ClusterRecorder, startClusterRecorder } from '../../rig/cluster-recorder/cluster-recorder.ts'
import type { RigCluster } from '../../rig/k3s-cluster.ts'
import { readUpgrades } from '../../rig/upgrade-ledger.ts'
import { untilControllerReady } from './install.ts'
import { judgeRecording } from './judge-recording.ts'
import { describeHosts, type TargetCluster, targetCluster } from './target-cluster.ts'
import { webService, webServicePort } from './web-service.ts'

// two hops, of which agents may skip the first (version-skew policy)
const before = 'v1.20.2+k3s1'
const path = ['v1.21.14+k3s1', 'v1.22.17+k3s1']
const after = 'v1.22.17+k3s1'

const upgrade = `
apiVersion: falkirk.dev/v1alpha1
kind: ClusterUpgrade
metadata:
  name: two-minors
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

describeHosts('a ClusterUpgrade of three servers and three agents', () => {
  let cluster: TargetCluster
  let rig: RigCluster
  let recorder: ClusterRecorder
  const servers = ['server-1', 'server-2', 'server-3']
  const cordoned = 'agent-2'

  beforeAll(async () => {
    cluster = await targetCluster({ version: before, servers: 3, agents: 3, upgradeVersions: path })
    if (cluster.rig === undefined) throw new Error('these tests need hosts of their own')
    rig = cluster.rig
    await cluster.kubectl(['cordon', cordoned])
    await cluster.kubectl(['apply', '-k', 'deploy/base'])
    await cluster.kubectl.apply(webService(cluster.policyVersion))
    await untilControllerReady(cluster)
    await cluster.kubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
    recorder = await startClusterRecorder(join(process.env.FALKIRK_LOGS || rig.folder, 'recorder'), {
      kubeconfig: rig.kubeconfigFor('observer'),
      policyVersion: cluster.policyVersion,
      urls: rig.hosts.map(({ address }) => `http://${address}:${webServicePort}/`),
      requestEveryMs: 50,
    })
  })

  afterAll(async () => {
    await cluster?.down()
  })

  const seen = () => cluster.kubectl.json<SeenUpgrade>(['get', 'clusterupgrade', 'two-minors'])

  /** An API server goes away while its host is changed: what cannot be asked now is asked again. */
  async function untilPhase(phase: string): Promise<SeenUpgrade> {
    const endsAtMs = Date.now() + 400_000
    let last = 'never seen'
    while (Date.now() < endsAtMs) {
      const found = await seen().catch((error: Error) => error.message)
      if (typeof found !== 'string' && found.status?.phase === phase) return found
      last = typeof found === 'string' ? found : `${found.status?.phase}: ${found.status?.message}`
      await sleep(500)
    }
    throw new Error(`not ${phase} within 400 s; last: ${last}`)
  }

  it('that is paused touches nothing', async () => {
    await cluster.kubectl.apply(upgrade.replace('spec:', 'spec:\n  action: Pause'))
    await cluster.kubectl(['wait', 'clusterupgrade/two-minors', '--for=condition=Progressing=False', '--timeout=60s'])
    expect((await seen()).status).toMatchObject({ phase: 'Paused', path, inFlight: [] })
    expect(cluster.observer.nodes.became(({ unschedulable }) => unschedulable).map(({ key }) => key)).toEqual([cordoned])
    for (const host of rig.hosts) expect(readUpgrades(host)).toEqual([])
  })

  it('goes over two hops while a service answers every request, and leaves nothing of itself behind', async () => {
    await cluster.kubectl(['patch', 'clusterupgrade', 'two-minors', '--type=merge', '--patch={"spec":{"action":"Run"}}'])
    expect((await untilPhase('Complete')).status).toMatchObject({
      phase: 'Complete',
      message: `the cluster runs ${after}`,
      progress: { controlPlane: '3/3', nodes: '3/3' },
      inFlight: [],
      failed: [],
    })
    const findings = judgeRecording(await recorder.stop(), {
      servers,
      path: [before, ...path],
      foreignCordons: [cordoned],
      maxAgentsAway: 2,
      maxSkew: 2,
      // the controller goes on while its own node is changed: drains leave it, as those of system-upgrade-controller do
      staying: ['system-upgrade/system-upgrade-controller-'],
    })
    expect(findings).toEqual([])
  })

  it('has changed each host once for each of its hops', () => {
    const changes = (name: string) => readUpgrades(rig.host(name)).map(({ what, detail }) => `${what} ${detail}`)
    const replaced = (version: string) => [expect.stringMatching(/^started/), expect.stringContaining(`replaced k3s version ${version}`)]
    for (const name of servers) expect(changes(name)).toEqual(path.flatMap(replaced))
    for (const name of cluster.agents) expect(changes(name)).toEqual(replaced(after))
  })

  it('is not begun again by another pod of the controller', async () => {
    const { status } = await seen()
    const touched = () => rig.hosts.map((host) => readUpgrades(host).length)
    const before = touched()
    await cluster.kubectl(['-n', 'system-upgrade', 'rollout', 'restart', 'deployment/system-upgrade-controller'])
    await untilControllerReady(cluster)
    expect((await seen()).status).toEqual(status)
    expect(touched()).toEqual(before)
  })
})
