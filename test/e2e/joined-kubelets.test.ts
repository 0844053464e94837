import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiClient } from '../../src/cluster/api-client.ts'
import { systemClock } from '../../src/cluster/clock.ts'
import { createTransport } from '../../src/cluster/https-transport.ts'
import { loadClusterAccess } from '../../src/cluster/kube-config.ts'
import { silentLog } from '../../src/cluster/log.ts'
import { discoverServer } from '../../src/cluster/server-capabilities.ts'
import { ClusterKubeletApi } from '../../src/twin/kubelet/cluster-kubelet-api.ts'
import { KubeletFleet } from '../../src/twin/kubelet/kubelet-fleet.ts'
import { defaultTimings } from '../../src/twin/kubelet/pod/pod-timings.ts'
import { ServiceAccountApi } from '../../src/twin/kubelet/service-account-api.ts'
import { knownImages } from '../../src/twin/machine/effects/known-images.ts'
import { newMachine } from '../../src/twin/machine/new-machine.ts'
import { type ControlPlane, startControlPlane } from '../rig/control-plane.ts'

const nodeCount = 20
const closers: (() => unknown)[] = []
let plane: ControlPlane
let fleet: KubeletFleet

beforeAll(async () => {
  plane = await startControlPlane({ nodeGraceSeconds: 15 })
  await plane.kubectl.apply(drains)
  const access = await loadClusterAccess({ kubeconfig: plane.kubeconfig, env: {} })
  const transport = createTransport(access)
  const client = createApiClient(transport, await discoverServer(transport))
  const accounts = new ServiceAccountApi(access, transport)
  const api = new ClusterKubeletApi(client, { random: Math.random, log: silentLog, isOurs: (node) => node.startsWith('twin-') })
  const restart = { awaySeconds: 0.5 }
  fleet = new KubeletFleet({
    api,
    clock: systemClock,
    random: Math.random,
    behaviours: knownImages({ api: accounts.of, clock: systemClock, restart }),
    timingsOf: () => ({ ...defaultTimings, sandboxSeconds: 0.1, pullBytesPerSecond: 1e9, pullOverheadSeconds: 0.1, stopSeconds: 0.3 }),
    bootSeconds: 1,
  })
  closers.push(
    () => fleet.stop(),
    () => accounts.close(),
    () => transport.close(),
  )
  const names = Array.from({ length: nodeCount }, (_, i) => `twin-${String(i).padStart(2, '0')}`)
  await Promise.all(names.map((name) => fleet.addNode(newMachine({ name, version: 'v1.20.2+k3s1', distribution: 'k3s', bootId: name }))))
  await fleet.start()
})

afterAll(async () => {
  for (const close of closers) await close()
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
    await plane.kubectl.apply(upgrade('twin-07'))
    await plane.kubectl(['wait', '--for=condition=complete', '--timeout=120s', 'job/upgrade'])
    expect(await field('{.status.nodeInfo.kubeletVersion}', 'node', 'twin-07')).toBe('v1.20.3+k3s1')
    expect(await plane.kubectl(['get', 'pods', '-l', 'app=web', '--field-selector=spec.nodeName=twin-07', '-o', 'name'])).toBe('')
    expect(fleet.logs.read({ namespace: 'default', pod: await upgradePod(), container: 'drain' })).toContain('node/twin-07 drained')
    await plane.kubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
  })

  it('restart what ran on a machine that was rebooted, under another boot ID', async () => {
    const before = await field('{.status.nodeInfo.bootID}', 'node', 'twin-03')
    fleet.rebootMachine('twin-03')
    await expect.poll(() => field('{.status.nodeInfo.bootID}', 'node', 'twin-03'), { timeout: 60_000 }).not.toBe(before)
    await plane.kubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
  })

  it('leave a node NotReady that has died, and Ready when it is back', async () => {
    fleet.kill('twin-05')
    await expect.poll(() => ready('twin-05'), { timeout: 90_000, interval: 1000 }).toBe('Unknown')
    fleet.revive('twin-05')
    await expect.poll(() => ready('twin-05'), { timeout: 60_000, interval: 500 }).toBe('True')
  })

  it('let every pod go when its Deployment goes', async () => {
    await plane.kubectl(['delete', 'deployment', 'web'])
    await expect.poll(() => plane.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'name']), { timeout: 90_000, interval: 1000 }).toBe('')
  })
})

async function upgradePod(): Promise<string> {
  return field('{.items[0].metadata.name}', 'pods', '-l', 'job-name=upgrade')
}
