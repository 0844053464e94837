import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canaryObjects, unansweredParts } from '../../src/core/upgrade/health/canary.ts'
import { type ControlPlane, startControlPlane } from '../rig/control-plane.ts'
import { type Observer, startObserver } from '../rig/observer.ts'
import { kubectlContainer } from '../rig/simulated-kubelets/kubectl-container.ts'
import { numberedNodes } from '../rig/simulated-kubelets/node-object.ts'
import { type SimulatedKubelets, startSimulatedKubelets } from '../rig/simulated-kubelets/simulated-kubelets.ts'

interface NodeObject {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly unschedulable?: boolean }
  readonly status: {
    readonly nodeInfo: { readonly kubeletVersion: string }
    readonly conditions: { readonly type: string; readonly status: string }[]
  }
}

let plane: ControlPlane
let kubelets: SimulatedKubelets
let observer: Observer

beforeAll(async () => {
  plane = await startControlPlane({ users: [{ name: 'nobody' }], nodeGraceSeconds: 8 })
  await plane.kubectl.apply(accounts)
  kubelets = await startSimulatedKubelets({
    kubeconfig: plane.kubeconfigFor('simulated-kubelets'),
    nodes: numberedNodes(20),
    kubectl: kubectlContainer(plane),
    leaseSeconds: 2,
    heartbeatsPerSecond: 4,
    behave: ({ container }) => {
      if (container.name === 'upgrade') return { seconds: 0.2, log: 'first line\nlast line' }
      if (container.name === 'fails') return { seconds: 0, exitCode: 7, log: 'no space left on device' }
      if (container.name === 'no-image') return { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } }
      return undefined
    },
  })
  observer = await startObserver(plane.kubeconfigFor('observer'))
})

afterAll(async () => {
  await observer?.stop()
  await kubelets?.stop()
  await plane?.down()
})

const accounts = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: powerless, namespace: default}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: drains}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: default, namespace: default}]
`

function jobText(name: string, node: string, container: string, { init = '', account = 'default' } = {}): string {
  return `
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}}
spec:
  backoffLimit: 0
  template:
    metadata:
      labels: {upgrade.cattle.io/plan: p, upgrade.cattle.io/version: v1.20.3-k3s1}
    spec:
      restartPolicy: Never
      serviceAccountName: ${account}
      nodeSelector: {kubernetes.io/hostname: ${node}}
      initContainers: [${init}]
      containers: [{name: ${container}, image: simulated}]
`
}

const bystander = (node: string) => `
apiVersion: v1
kind: Pod
metadata: {name: bystander}
spec:
  nodeSelector: {kubernetes.io/hostname: ${node}}
  containers: [{name: main, image: simulated}]
`

const kubectlInit = (verb: 'cordon' | 'drain', node: string, ...more: string[]) =>
  `{name: ${verb}, image: simulated, args: ${JSON.stringify([verb, node, ...more])}}`

const nodeNamed = (name: string) => plane.kubectl.json<NodeObject>(['get', 'node', name])

describe('the controllers of a real cluster', () => {
  const [namespace, name] = ['canary', 'falkirk-canary-1']
  const places = {
    Service: '/api/v1/namespaces/canary/services',
    PodDisruptionBudget: '/apis/policy/v1beta1/namespaces/canary/poddisruptionbudgets',
    Job: '/apis/batch/v1/namespaces/canary/jobs',
  } as const

  it('answer a canary: its Service, its Job and its budget', async () => {
    const { api } = plane
    await api.post('/api/v1/namespaces', { metadata: { name: namespace } })
    // whoever owns it is not there: the garbage collector would take it
    const objects = canaryObjects({ name, owner: { name: 'up', uid: 'uid' }, isLate: false, readsKubeProxy: false }, namespace, 'v1beta1')
    for (const kind of ['Service', 'PodDisruptionBudget', 'Job'] as const) {
      const { ownerReferences: _, ...metadata } = objects[kind].metadata ?? {}
      await api.post(places[kind], { ...objects[kind], metadata })
    }
    const found = async () => {
      const endpoints = `/api/v1/namespaces/${namespace}/endpoints/${name}`
      const hasEndpoints = await api.get(endpoints).then(
        () => true,
        () => false,
      )
      const [job, budget] = [await api.get(`${places.Job}/${name}`), await api.get(`${places.PodDisruptionBudget}/${name}`)]
      return unansweredParts({ job, budget, hasEndpoints, isPodRefused: false })
    }
    await expect.poll(found, { interval: 200, timeout: 60_000 }).toEqual([])
    await api.delete(`/api/v1/namespaces/${namespace}`)
  })
})

describe('the API-only rig', () => {
  it('shows simulated nodes as Ready', async () => {
    const { items } = await plane.kubectl.json<{ items: NodeObject[] }>(['get', 'nodes'])
    const ready = items.filter((node) => node.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True'))
    expect(ready).toHaveLength(20)
  })

  it('runs an upgrade Job on the node it names: cordon first, the new version at the end, logs through the API server', async () => {
    await plane.kubectl.apply(jobText('up', 'node-007', 'upgrade', { init: kubectlInit('cordon', 'node-007') }))
    await plane.kubectl(['wait', '--for=condition=complete', '--timeout=60s', 'job/up'])

    const node = await nodeNamed('node-007')
    expect(node.spec.unschedulable).toBe(true)
    expect(node.status.nodeInfo.kubeletVersion).toBe('v1.20.3+k3s1')
    expect(await plane.kubectl(['logs', 'job/up', '-c', 'upgrade', '--tail=1'])).toBe('last line\n')
    expect(kubelets.runsPerNode()).toEqual(new Map([['node-007', 1]]))
    await observer.until('the new version', () => observer.nodes.get('node-007')?.kubeletVersion === 'v1.20.3+k3s1')
    const states = observer.nodes.history('node-007').map(({ facts }) => `${facts?.kubeletVersion} ${facts?.unschedulable}`)
    expect([...new Set(states)]).toEqual(['v1.20.2+k3s1 false', 'v1.20.2+k3s1 true', 'v1.20.3+k3s1 true'])
    expect(observer.maxCordoned().count).toBe(1)
  })

  it('drains with the real kubectl and the rights of the pod: other pods go, the pod itself stays', async () => {
    await plane.kubectl.apply(bystander('node-011'))
    await plane.kubectl(['wait', '--for=condition=ready', '--timeout=60s', 'pod/bystander'])
    const init = kubectlInit('drain', 'node-011', '--pod-selector', '!upgrade.cattle.io/plan', '--force')
    await plane.kubectl.apply(jobText('drains', 'node-011', 'upgrade', { init }))
    await plane.kubectl(['wait', '--for=condition=complete', '--timeout=60s', 'job/drains'])
    expect(await plane.kubectl(['get', 'pod', 'bystander', '--ignore-not-found'])).toBe('')
    expect((await nodeNamed('node-011')).spec.unschedulable).toBe(true)
    expect(await plane.kubectl(['logs', 'job/drains', '-c', 'drain'])).toContain('evicting pod default/bystander')

    const init2 = kubectlInit('drain', 'node-012')
    await plane.kubectl.apply(jobText('may-not', 'node-012', 'upgrade', { init: init2, account: 'powerless' }))
    await plane.kubectl(['wait', '--for=condition=failed', '--timeout=60s', 'job/may-not'])
    expect(await plane.kubectl(['logs', 'job/may-not', '-c', 'drain'])).toContain('cannot get resource "nodes"')
  })

  it('fails a Job with the exit code it was told', async () => {
    await plane.kubectl.apply(jobText('bad', 'node-003', 'fails'))
    await plane.kubectl(['wait', '--for=condition=failed', '--timeout=60s', 'job/bad'])
    const path = '{.items[0].status.containerStatuses[0].state.terminated.exitCode}'
    expect(await plane.kubectl(['get', 'pods', '-l', 'job-name=bad', '-o', `jsonpath=${path}`])).toBe('7')
  })

  it('removes a pod that waits for its image when its Job is deleted', async () => {
    await plane.kubectl.apply(jobText('pull', 'node-004', 'no-image'))
    await expect
      .poll(() => plane.kubectl(['get', 'pods', '-l', 'job-name=pull', '-o', 'jsonpath={..waiting.reason}']), { timeout: 30_000 })
      .toBe('ImagePullBackOff')
    await plane.kubectl(['delete', 'job', 'pull'])
    await expect.poll(() => plane.kubectl(['get', 'pods', '-l', 'job-name=pull', '-o', 'name']), { timeout: 30_000 }).toBe('')
  })

  it('counts the requests of the user sut and of nobody else', async () => {
    await plane.kubectl(['--kubeconfig', plane.kubeconfigFor('sut'), 'get', 'nodes'])
    const counted = plane.requestsOf('sut')
    expect(counted['list nodes']).toBe(1)
    expect(plane.requestsOf('admin')).toEqual({})
  })

  it('refuses a user without rights, and takes a real token of a service account', async () => {
    const refused = await plane.kubectl.attempt(['--kubeconfig', plane.kubeconfigFor('nobody'), 'get', 'nodes'])
    expect(refused.stderr).toContain('User "nobody" cannot list resource "nodes"')
    const account = await plane.kubeconfigForServiceAccount('default', 'powerless')
    const other = await plane.kubectl.attempt(['--kubeconfig', account, 'get', 'nodes'])
    expect(other.stderr).toContain('User "system:serviceaccount:default:powerless" cannot list')
  })

  it('lets a node that is cut off become NotReady, and Ready when it is back', async () => {
    const ready = (name: string) => observer.nodes.get(name)?.ready
    kubelets.disconnect('node-005')
    await observer.until('node-005 is not Ready', () => ready('node-005') === false)
    await kubelets.reconnect('node-005')
    await observer.until('node-005 is Ready', () => ready('node-005') === true)
    expect(observer.maxUnavailable().keys).toContain('node-005')
  })

  it('goes on after the API server was killed and started again', async () => {
    await plane.killApiServer()
    expect((await plane.kubectl.attempt(['get', 'nodes', '--request-timeout=2s'])).exitCode).not.toBe(0)
    await plane.startApiServer()
    await plane.kubectl.apply(jobText('after', 'node-009', 'upgrade'))
    await plane.kubectl(['wait', '--for=condition=complete', '--timeout=90s', 'job/after'])
    expect((await nodeNamed('node-009')).status.nodeInfo.kubeletVersion).toBe('v1.20.3+k3s1')
  })
})
