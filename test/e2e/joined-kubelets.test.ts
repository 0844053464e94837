import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/cluster/clock.ts'
import { loadClusterAccess } from '../../src/cluster/kube-config.ts'
import { silentLog } from '../../src/cluster/log.ts'
import { type JoinedNodes, joinCluster } from '../../src/twin/join/join-cluster.ts'
import { type ControlPlane, startControlPlane } from '../rig/control-plane.ts'

const nodeCount = 20
let plane: ControlPlane
let joined: JoinedNodes
let left: ReturnType<JoinedNodes['leave']> | undefined

beforeAll(async () => {
  plane = await startControlPlane({ nodeGraceSeconds: 15 })
  await plane.kubectl.apply(drains)
  const access = await loadClusterAccess({ kubeconfig: plane.kubeconfig, env: {} })
  joined = await joinCluster({ access, clock: systemClock, random: Math.random, count: nodeCount, speed: 20, log: silentLog })
})

afterAll(async () => {
  await (left ?? joined?.leave())
  await plane?.down()
})

const drains = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: drains}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: default, namespace: default}]
`

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 30
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'web:1', readinessProbe: {periodSeconds: 1, tcpSocket: {port: 80}}}]
`

const upgrade = (node: string) => `
apiVersion: batch/v1
kind: Job
metadata: {name: upgrade}
spec:
  backoffLimit: 0
  template:
    metadata: {labels: {upgrade.cattle.io/controller: c, upgrade.cattle.io/plan: p}}
    spec:
      restartPolicy: Never
      hostNetwork: true
      nodeSelector: {kubernetes.io/hostname: ${node}}
      tolerations: [{operator: Exists}]
      initContainers:
        - {name: drain, image: 'rancher/kubectl:v1.20.2', args: [drain, ${node}, --pod-selector, '!upgrade.cattle.io/controller', --ignore-daemonsets, --force]}
      containers: [{name: upgrade, image: 'rancher/k3s-upgrade:v1.20.3-k3s1'}]
`

const field = (path: string, ...what: string[]) => plane.kubectl(['get', ...what, '-o', `jsonpath=${path}`])
const ready = (node: string) => field('{.status.conditions[?(@.type=="Ready")].status}', 'node', node)

describe('kubelets of the twin on nodes of a real API server', () => {
  it('run a Deployment until all of it is available', async () => {
    await plane.kubectl.apply(web)
    await plane.kubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
    expect(await field('{.status.availableReplicas}', 'deployment', 'web')).toBe('30')
    expect((await plane.kubectl(['get', 'pods', '--no-headers'])).split('\n').filter((line) => line.includes('1/1'))).toHaveLength(30)
  })

  it('drain and upgrade a node with the rights of the Job, and report the new version', async () => {
    await plane.kubectl.apply(upgrade('twin-007'))
    await plane.kubectl(['wait', '--for=condition=complete', '--timeout=120s', 'job/upgrade'])
    expect(await field('{.status.nodeInfo.kubeletVersion}', 'node', 'twin-007')).toBe('v1.20.3+k3s1')
    expect(await plane.kubectl(['get', 'pods', '-l', 'app=web', '--field-selector=spec.nodeName=twin-007', '-o', 'name'])).toBe('')
    expect(await plane.kubectl(['logs', await upgradePod(), '-c', 'drain'])).toContain('node/twin-007 drained')
    await plane.kubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
  })

  it('restart what ran on a machine that was rebooted, under another boot ID', async () => {
    const before = await field('{.status.nodeInfo.bootID}', 'node', 'twin-003')
    joined.fleet.rebootMachine('twin-003')
    await expect.poll(() => field('{.status.nodeInfo.bootID}', 'node', 'twin-003'), { timeout: 60_000 }).not.toBe(before)
    await plane.kubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
  })

  it('leave a node NotReady that has died, and Ready when it is back', async () => {
    joined.fleet.kill('twin-005')
    await expect.poll(() => ready('twin-005'), { timeout: 90_000, interval: 1000 }).toBe('Unknown')
    joined.fleet.revive('twin-005')
    await expect.poll(() => ready('twin-005'), { timeout: 60_000, interval: 500 }).toBe('True')
  })

  it('let every pod go when its Deployment goes', async () => {
    await plane.kubectl(['delete', 'deployment', 'web'])
    await expect.poll(() => plane.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'name']), { timeout: 90_000, interval: 1000 }).toBe('')
  })

  it('follow the log of a container until it ends', async () => {
    const pod = {
      kind: 'Pod',
      metadata: { name: 'counts', annotations: { 'twin.falkirk.dev/run-seconds': '60', 'twin.falkirk.dev/log': 'one\n' } },
    }
    const spec = { restartPolicy: 'Never', containers: [{ name: 'counts', image: 'counts:1' }] }
    await plane.kubectl.apply(JSON.stringify({ apiVersion: 'v1', ...pod, spec }))
    await plane.kubectl(['wait', '--for=condition=ready', '--timeout=60s', 'pod/counts'])
    expect(await plane.kubectl(['logs', '--follow', 'counts'])).toBe('one\n')
    expect(await field('{.status.phase}', 'pod', 'counts')).toBe('Succeeded')
  })

  it('leave nothing behind', async () => {
    await plane.kubectl.apply(web)
    await plane.kubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
    left = joined.leave()
    expect(await left).toEqual({ nodes: nodeCount, pods: 32 })
    expect(await plane.kubectl(['get', 'nodes', '-o', 'name'])).toBe('')
    await expect.poll(() => plane.kubectl(['get', 'leases', '-n', 'kube-node-lease', '-o', 'name']), { timeout: 60_000 }).toBe('')
  })
})

async function upgradePod(): Promise<string> {
  return field('{.items[0].metadata.name}', 'pods', '-l', 'job-name=upgrade')
}
