import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RigCluster } from '../../rig/k3s-cluster.ts'
import { readUpgrades } from '../../rig/upgrade-ledger.ts'
import { type ChannelServer, startChannelServer } from './channel-server.ts'
import { expectedJob } from './contract-job.ts'
import { createPlan, HostPlan } from './host-plan.ts'
import { untilControllerReady } from './install.ts'
import { keepBinary, putBack } from './put-back.ts'
import { describeHosts, namespace, type TargetCluster, targetCluster } from './target-cluster.ts'

const before = 'v1.20.2+k3s1'
const after = 'v1.20.3+k3s1'
const munged = 'v1.20.3-k3s1'
/** By the contract: version and service account, and nothing else of these Plans. */
const hash = createHash('sha224').update(`${munged}system-upgrade`).digest('hex')

const plans = `
apiVersion: upgrade.cattle.io/v1
kind: Plan
metadata:
  name: server-plan
  namespace: system-upgrade
spec:
  concurrency: 1
  cordon: true
  nodeSelector:
    matchExpressions:
    - key: node-role.kubernetes.io/control-plane
      operator: In
      values:
      - "true"
  serviceAccountName: system-upgrade
  upgrade:
    image: rancher/k3s-upgrade
  version: ${after}
---
apiVersion: upgrade.cattle.io/v1
kind: Plan
metadata:
  name: agent-plan
  namespace: system-upgrade
spec:
  concurrency: 1
  cordon: true
  nodeSelector:
    matchExpressions:
    - key: node-role.kubernetes.io/control-plane
      operator: DoesNotExist
  prepare:
    args:
    - prepare
    - server-plan
    image: rancher/k3s-upgrade
  serviceAccountName: system-upgrade
  upgrade:
    image: rancher/k3s-upgrade
  version: ${after}
`

describeHosts('a k3s cluster whose servers and agents have a Plan each', () => {
  let cluster: TargetCluster
  let rig: RigCluster
  let serverPlan: HostPlan
  let agentPlan: HostPlan
  const agents = ['agent-1', 'agent-2']

  beforeAll(async () => {
    cluster = await targetCluster({ version: before })
    if (cluster.rig === undefined) throw new Error('these tests need hosts of their own')
    rig = cluster.rig
    await Promise.all(rig.hosts.map(keepBinary))
    await cluster.kubectl(['apply', '-k', 'deploy/base'])
    await untilControllerReady(cluster)
    serverPlan = new HostPlan(cluster, 'server-plan')
    agentPlan = new HostPlan(cluster, 'agent-plan')
  })

  afterAll(async () => {
    await cluster?.down()
  })

  it('is upgraded server first, then one agent after the other, each exactly once', async () => {
    await cluster.kubectl.apply(plans)
    await serverPlan.untilComplete()
    await agentPlan.untilComplete()
    for (const { name } of rig.hosts) await agentPlan.untilFree(name)
    const { observer } = cluster

    const cordons = observer.nodes.became(({ unschedulable }) => unschedulable)
    expect(cordons.map(({ key }) => key)[0]).toBe('server-1')
    expect(cordons.map(({ key }) => key).sort()).toEqual([...agents, 'server-1'])
    expect(observer.maxCordoned().count).toBe(1)
    const serverDone = observer.nodes.became(({ labels }) => labels['plan.upgrade.cattle.io/server-plan'] === hash)
    expect(serverDone.map(({ key }) => key)).toEqual(['server-1'])
    expect(serverDone[0]?.atMs).toBeLessThanOrEqual(cordons[1]?.atMs ?? 0)
    expect(observer.doneOrder('agent-plan', hash).sort()).toEqual(agents)

    for (const host of rig.hosts) {
      const states = observer.nodes.history(host.name).flatMap(({ facts }) => facts ?? [])
      const versions = states.map(({ kubeletVersion }) => kubeletVersion)
      expect(versions.filter((version, index) => version !== versions[index - 1])).toEqual([before, after])
      expect(states.find(({ kubeletVersion }) => kubeletVersion === after)?.unschedulable).toBe(true)
      expect(readUpgrades(host).map(({ what }) => what)).toEqual(['started', 'replaced'])
    }
    expect(observer.jobsPerNode('server-plan')).toEqual(new Map([['server-1', 1]]))
    expect(observer.jobsPerNode('agent-plan')).toEqual(new Map(agents.map((name) => [name, 1])))
    for (const plan of [serverPlan, agentPlan]) {
      const applying = observer.plans.history(`${namespace}/${plan.name}`).map(({ facts }) => facts?.applying.length ?? 0)
      expect(Math.max(...applying)).toBe(1)
      expect(observer.plans.get(`${namespace}/${plan.name}`)).toMatchObject({ applying: [], latestVersion: munged, latestHash: hash })
    }
  })

  it('has an agent wait in its prepare container, in service, until the servers run the version', async () => {
    const [first] = cluster.observer.doneOrder('agent-plan', hash)
    const job = agentPlan.jobs().find(({ node }) => node === first)?.name
    const log = await cluster.kubectl(['-n', namespace, 'logs', `job/${job}`, '-c', 'prepare'])
    expect(log).toMatch(/plan server-plan is at work on server-1|the control plane runs v1\.20\.2-k3s1, not v1\.20\.3-k3s1 yet/)
    expect(log.trimEnd().split('\n').at(-1)).toBe(`the control plane runs ${munged}`)
  })

  it.each([
    { plan: 'server-plan', node: 'server-1', prepare: undefined },
    { plan: 'agent-plan', node: 'agent-1', prepare: ['prepare', 'server-plan'] },
  ])('gets the Job on $node that a system-upgrade-controller would make for $plan', async ({ plan, node, prepare }) => {
    const { uid } = (await cluster.kubectl.json<{ metadata: { uid: string } }>(['-n', namespace, 'get', 'plan', plan])).metadata
    const expected = expectedJob({ plan, uid, node, hash, version: munged, image: `rancher/k3s-upgrade:${munged}`, prepare })
    const job = await cluster.kubectl.json(['-n', namespace, 'get', 'job', expected.metadata.name])
    expect(job).toMatchObject(expected)
  })

  it('is not touched again by the same Plans, nor by another pod of the controller', async () => {
    const jobs = cluster.observer.jobs.now().map(({ uid }) => uid)
    await cluster.kubectl.apply(plans)
    await cluster.kubectl(['-n', namespace, 'rollout', 'restart', 'deployment/system-upgrade-controller'])
    await untilControllerReady(cluster)
    await serverPlan.edit({ metadata: { labels: { looked: 'at' } } })
    await cluster.kubectl(['-n', namespace, 'wait', 'plan', '--all', '--for=condition=Complete', '--timeout=60s'])
    expect(cluster.observer.jobs.now().map(({ uid }) => uid)).toEqual(jobs)
    for (const host of rig.hosts) expect(readUpgrades(host)).toHaveLength(2)
  })

  it('follows a channel over HTTPS once the controller knows its authority, and not before', async () => {
    await cluster.kubectl(['-n', namespace, 'delete', 'plan', 'server-plan', 'agent-plan'])
    const host = rig.host('agent-1')
    await putBack(host)
    await rig.untilNodeRuns(host.name, before)
    const channel = await startChannelServer(rig.gateway, after)
    try {
      const spec = { version: undefined, channel: channel.url, cordon: true, upgrade: { image: 'rancher/k3s-upgrade' } }
      const plan = await createPlan(cluster, { name: 'channel', nodes: [host.name], spec })
      expect(await plan.until(/certificate/, 'LatestResolved')).toMatch(/^False\/Error: /)
      expect(plan.condition()).toMatch(/^False\/NotReady/)
      expect(plan.jobs()).toEqual([])

      await trustInChannels(channel)
      await plan.untilComplete()
      expect(plan.condition('LatestResolved')).toBe('True/Channel')
      await plan.untilNode(
        host.name,
        `at ${after}, in service`,
        ({ kubeletVersion, unschedulable }) => kubeletVersion === after && !unschedulable,
      )
      const { uid } = (await cluster.kubectl.json<{ metadata: { uid: string } }>(['get', 'namespace', 'kube-system'])).metadata
      expect(channel.asked[0]).toMatchObject({ 'x-suc-cluster-id': uid })
    } finally {
      await channel.stop()
    }
  })

  /** What deploy/overlays/channel-ca does, for a kubectl that is too old for it. */
  async function trustInChannels({ authority }: ChannelServer): Promise<void> {
    await cluster.kubectl(['-n', namespace, 'create', 'configmap', 'channel-ca', `--from-literal=ca.crt=${authority}`])
    const patch = readFileSync('deploy/overlays/channel-ca/channel-ca.yaml', 'utf8')
    await cluster.kubectl(['-n', namespace, 'patch', 'deployment', 'system-upgrade-controller', '--patch', patch])
    await untilControllerReady(cluster)
  }
})
