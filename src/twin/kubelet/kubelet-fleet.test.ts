import type { Pod } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { notReadyPod } from '../controllers/node-lifecycle/not-ready-pod.ts'
import { as } from '../kube-object.ts'
import { newMachine } from '../machine/new-machine.ts'
import { kubeletWorld, seeded, startMs } from './kubelet-world.test-support.ts'
import { imageId } from './pod/container-id.ts'

const jobOwner = { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'j', controller: true }] }

async function worldWith(
  options: Parameters<typeof kubeletWorld>[0] = {},
  wish: Parameters<Awaited<ReturnType<typeof kubeletWorld>>['addNode']>[1] = {},
) {
  const world = await kubeletWorld(options)
  await world.addNode('a', wish)
  await world.fleet.start()
  return world
}

type World = Awaited<ReturnType<typeof worldWith>>

function ready(world: World, node = 'a'): string {
  const condition = world.node(node)?.status?.conditions?.find(({ type }) => type === 'Ready')
  return `${condition?.status} ${condition?.reason}`
}

function heartbeats(world: World): number {
  return Number(world.store.get('leases.coordination.k8s.io', 'kube-node-lease', 'a')?.metadata.resourceVersion ?? 0)
}

const web = { namespace: 'default', name: 'web' }
const since = { status: 'True', lastProbeTime: null, lastTransitionTime: '2026-11-20T10:00:00Z' }
/** Of a pod that runs, and is about to be disrupted. */
const foundStatus = {
  phase: 'Running',
  conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled', 'DisruptionTarget'].map((type) => ({
    type,
    ...since,
  })),
  hostIP: '127.0.0.1',
  hostIPs: [{ ip: '127.0.0.1' }],
  podIP: '10.0.0.9',
  podIPs: [{ ip: '10.0.0.9' }],
  startTime: '2026-11-20T10:00:00Z',
  containerStatuses: [
    {
      name: 'app',
      state: { running: { startedAt: '2026-11-20T10:00:00Z' } },
      lastState: {},
      ready: true,
      restartCount: 0,
      image: 'registry.example/app:1',
      imageID: imageId('registry.example/app:1'),
      containerID: 'containerd://0',
      started: true,
    },
  ],
  qosClass: 'BestEffort',
}

describe('a pod on a node', () => {
  it('is pulled, created, started and ready, and says so step by step', async () => {
    const world = await worldWith()
    await world.pod('web', { nodeName: 'a' })
    await world.seconds(1)
    expect(world.read('web')?.status).toMatchObject({
      phase: 'Pending',
      hostIP: '127.0.0.1',
      containerStatuses: [{ name: 'app', ready: false, state: { waiting: { reason: 'ContainerCreating' } } }],
    })
    await world.seconds(20)
    expect(world.read('web')?.status).toMatchObject({
      phase: 'Running',
      qosClass: 'BestEffort',
      podIP: '10.0.0.1',
      containerStatuses: [{ name: 'app', ready: true, started: true, restartCount: 0 }],
    })
    expect(world.events().filter((text) => !text.includes('Node'))).toEqual([
      'Pulling Pulling image "registry.example/app:1"',
      'Pulled Successfully pulled image "registry.example/app:1" in 5.333s',
      'Created Created container app',
      'Started Started container app',
    ])
  })

  it('finds the image of the pod before it on the node', async () => {
    const world = await worldWith()
    await world.pod('one', { nodeName: 'a' })
    await world.seconds(20)
    await world.pod('two', { nodeName: 'a' })
    await world.seconds(2)
    expect(world.read('two')?.status?.phase).toBe('Running')
    expect(world.events()).toContain('Pulled Container image "registry.example/app:1" already present on machine')
  })

  it('is gone when it has been stopped within its grace', async () => {
    const world = await worldWith()
    await world.pod('web', { nodeName: 'a' })
    await world.seconds(20)
    await world.client.delete('pods', { namespace: 'default', name: 'web' })
    await world.seconds(1)
    expect(world.read('web')?.metadata?.deletionGracePeriodSeconds).toBe(30)
    await world.seconds(3)
    expect(world.read('web')).toBeUndefined()
    expect(world.events()).toContain('Killing Stopping container app')
    expect(world.fleet.podCount()).toBe(0)
  })

  it('of a Job ends by itself with its exit code', async () => {
    const world = await worldWith()
    await world.pod(
      'work',
      { nodeName: 'a', restartPolicy: 'Never' },
      { ...jobOwner, annotations: { 'twin.falkirk.dev/exit-code': '3', 'twin.falkirk.dev/log': 'no space\n' } },
    )
    await world.seconds(20)
    expect(world.read('work')?.status).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ state: { terminated: { exitCode: 3, reason: 'Error' } } }],
    })
    expect(world.fleet.logs.read({ namespace: 'default', pod: 'work', container: 'app' })).toBe('no space\n')
  })

  it('writes no more than four times until it is ready', async () => {
    const world = await worldWith()
    await world.pod('web', { nodeName: 'a', containers: [{ name: 'app', image: 'x:1', readinessProbe: { tcpSocket: { port: 1 } } }] })
    let writes = 0
    world.store.subscribe(({ resource }) => {
      if (resource === 'pods') writes += 1
    })
    await world.seconds(60)
    expect(world.read('web')?.status?.containerStatuses?.[0]?.ready).toBe(true)
    expect(writes).toBeLessThanOrEqual(4)
  })

  it('that is found when the kubelets start is not written while its kubelet has nothing new to say', async () => {
    const world = await kubeletWorld({ minor: 30 })
    await world.addNode('a')
    await world.pod('web', { nodeName: 'a', terminationGracePeriodSeconds: 5 })
    await world.client.change('pods', web, (pod) => ({ ...pod, status: foundStatus }), 'status')
    await world.fleet.start()
    await world.client.delete('pods', web)
    const before = world.read('web')?.metadata?.resourceVersion
    await world.seconds(1)
    expect(world.read('web')?.metadata?.resourceVersion).toBe(before)
    const seen: unknown[] = []
    world.store.subscribe(({ object }) => seen.push(as<Pod>(object).status?.conditions?.map(({ type }) => type)[0]), ['pods'])
    await world.seconds(10)
    // what it writes at the end has the conditions of others first, as ever
    expect(seen[0]).toBe('DisruptionTarget')
    expect(world.read('web')).toBeUndefined()
  })

  it('waits for a Secret that it mounts', async () => {
    const world = await worldWith()
    await world.pod('web', { nodeName: 'a', volumes: [{ name: 'token', secret: { secretName: 'token' } }] })
    await world.seconds(30)
    expect(world.read('web')?.status?.phase).toBe('Pending')
    expect(world.events()).toContain('FailedMount MountVolume.SetUp failed for volume "token" : secret "token" not found')
    await world.client.create('secrets', { metadata: { name: 'token', namespace: 'default' } })
    await world.seconds(30)
    expect(world.read('web')?.status?.phase).toBe('Running')
  })

  it('that waits for what it mounts can be deleted', async () => {
    const world = await worldWith()
    await world.pod('web', { nodeName: 'a', volumes: [{ name: 'token', configMap: { name: 'token' } }] })
    await world.seconds(30)
    await world.client.delete('pods', { namespace: 'default', name: 'web' })
    await world.seconds(10)
    expect(world.read('web')).toBeUndefined()
  })
})

describe('admission by the kubelet', () => {
  it('refuses a pod for which the node has no room left', async () => {
    const world = await worldWith({}, { capacity: { cpu: '1', memory: '1Gi', pods: '10' } })
    const containers = [{ name: 'app', image: 'x:1', resources: { requests: { cpu: '600m' } } }]
    await world.pod('one', { nodeName: 'a', containers })
    await world.pod('two', { nodeName: 'a', containers })
    await world.seconds(20)
    expect(world.read('two')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod Node didn't have enough resource: cpu, requested: 600, used: 600, capacity: 1000",
    })
  })

  it('refuses a pod that asks for labels which the node does not have, and asks for them at the API server', async () => {
    const world = await worldWith()
    await world.client.change('nodes', { name: 'a' }, (node) => ({
      ...node,
      metadata: { ...node.metadata, labels: { ...node.metadata.labels, disk: 'ssd' } },
    }))
    const wants = (values: string[]) => ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values }] }],
        },
      },
    })
    await world.pod('fits', { nodeName: 'a', nodeSelector: { disk: 'ssd' }, affinity: wants(['ssd', 'nvme']) })
    await world.pod('selects', { nodeName: 'a', nodeSelector: { disk: 'nvme' } })
    await world.pod('prefers', { nodeName: 'a', affinity: wants(['nvme']) })
    await world.seconds(20)
    expect(world.read('fits')?.status?.phase).toBe('Running')
    for (const name of ['selects', 'prefers'])
      expect(world.read(name)?.status).toMatchObject({
        phase: 'Failed',
        reason: 'NodeAffinity',
        message: 'Pod Predicate NodeAffinity failed',
      })
  })

  it('has the room of a pod again that has ended', async () => {
    const world = await worldWith({}, { capacity: { cpu: '1', memory: '1Gi', pods: '1' } })
    await world.pod('one', { nodeName: 'a', restartPolicy: 'Never' }, jobOwner)
    await world.seconds(20)
    await world.pod('two', { nodeName: 'a' })
    await world.seconds(20)
    expect(world.read('two')?.status?.phase).toBe('Running')
  })
})

describe('a node', () => {
  it('is registered with its conditions, its version and a Lease', async () => {
    const world = await worldWith({}, { role: 'Server' })
    expect(world.node('a')).toMatchObject({
      metadata: { labels: { 'kubernetes.io/hostname': 'a', 'node-role.kubernetes.io/control-plane': '' } },
      status: { nodeInfo: { kubeletVersion: 'v1.20.2', bootID: 'boot-of-a' } },
    })
    expect(world.node('a')?.status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'MemoryPressure False KubeletHasSufficientMemory',
      'DiskPressure False KubeletHasNoDiskPressure',
      'PIDPressure False KubeletHasSufficientPID',
      'Ready True KubeletReady',
    ])
    expect(world.store.get('leases.coordination.k8s.io', 'kube-node-lease', 'a')).toMatchObject({
      spec: { holderIdentity: 'a', leaseDurationSeconds: 40 },
    })
  })

  it('is registered with the images that its machine has already', async () => {
    const world = await worldWith()
    await world.fleet.addNode(
      newMachine({ name: 'b', version: 'v1.20.2', bootId: 'b' }),
      new Map([['registry.example/app:1', { bytes: 7 }]]),
    )
    expect(world.node('b')?.status?.images).toEqual([{ names: ['registry.example/app:1'], sizeBytes: 7 }])
  })

  it('renews its Lease every 10 s and its status every 5 minutes', async () => {
    const world = await worldWith()
    const writes: Record<string, number> = {}
    world.store.subscribe(({ resource }) => {
      writes[resource] = (writes[resource] ?? 0) + 1
    })
    await world.seconds(600)
    expect(writes).toEqual({ 'leases.coordination.k8s.io': 60, nodes: 2 })
  })

  it('writes nothing in quiet times when heartbeats are elided, and is known to be there', async () => {
    const world = await worldWith({ heartbeats: 'Elided' })
    const before = world.store.resourceVersion
    await world.seconds(86_400)
    expect(world.store.resourceVersion).toBe(before)
    expect(world.fleet.lastHeartbeatMs('a')).toBe(startMs + 86_400_000)
    world.fleet.kill('a')
    await world.seconds(60)
    expect(world.fleet.lastHeartbeatMs('a')).toBe(startMs + 86_400_000)
  })

  it('falls silent when it dies, with its pods, and boots with another boot ID', async () => {
    const world = await worldWith()
    await world.pod('web', { nodeName: 'a' })
    await world.seconds(20)
    world.fleet.kill('a')
    const silent = heartbeats(world)
    await world.client.delete('pods', { namespace: 'default', name: 'web' })
    await world.seconds(300)
    expect(heartbeats(world)).toBe(silent)
    expect(world.read('web')).toBeDefined()
    world.fleet.revive('a')
    await world.seconds(5)
    expect(world.read('web')).toBeUndefined()
    expect(world.node('a')?.status?.nodeInfo?.bootID).not.toBe('boot-of-a')
    expect(ready(world)).toBe('True KubeletReady')
  })

  it('starts its containers anew after a reboot', async () => {
    const world = await worldWith()
    await world.pod('web', { nodeName: 'a' })
    await world.pod('once', { nodeName: 'a', restartPolicy: 'Never', containers: [{ name: 'app', image: 'x:1' }] })
    await world.seconds(20)
    world.fleet.rebootMachine('a', 90)
    await world.seconds(90)
    expect(ready(world)).toBe('False KubeletNotReady')
    await world.seconds(20)
    expect(world.read('web')?.status).toMatchObject({
      phase: 'Running',
      containerStatuses: [{ ready: true, restartCount: 1, lastState: { terminated: { exitCode: 255, reason: 'Unknown' } } }],
    })
    expect(world.read('once')?.status).toMatchObject({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 255 } } }] })
    expect(world.events().some((text) => text.startsWith('Rebooted Node a has been rebooted, boot id: '))).toBe(true)
  })

  it('keeps its containers while the kubelet restarts, and reports later what happened meanwhile', async () => {
    const world = await worldWith()
    await world.pod('web', { nodeName: 'a' })
    await world.pod(
      'work',
      { nodeName: 'a', restartPolicy: 'Never' },
      { ...jobOwner, annotations: { 'twin.falkirk.dev/run-seconds': '30' } },
    )
    await world.seconds(20)
    world.fleet.restartKubelet('a', { awaySeconds: 40 })
    await world.seconds(39)
    expect(world.read('work')?.status?.phase).toBe('Running')
    await world.seconds(10)
    expect(world.read('work')?.status?.phase).toBe('Succeeded')
    expect(world.read('web')?.status?.containerStatuses?.[0]?.restartCount).toBe(0)
    const ended = Date.parse(world.read('work')?.status?.containerStatuses?.[0]?.state?.terminated?.finishedAt ?? '')
    expect(ended).toBeLessThan(startMs + 59_000)
  })

  it('says nothing while it is cut off, and what has become of its pods afterwards', async () => {
    const world = await worldWith()
    world.fleet.disconnect('a')
    const silent = heartbeats(world)
    await world.pod('web', { nodeName: 'a' })
    await world.seconds(120)
    expect([heartbeats(world), world.read('web')?.status?.startTime]).toEqual([silent, undefined])
    world.fleet.reconnect('a')
    await world.seconds(20)
    expect(world.read('web')?.status?.phase).toBe('Running')
  })

  it.each([
    { what: 'it has started', found: false },
    { what: 'it has found', found: true },
  ])('says again that a pod which $what is ready, when somebody took that away', async ({ found }) => {
    const first = await worldWith()
    await first.pod('web', { nodeName: 'a' })
    await first.seconds(20)
    const world = found ? await kubeletWorld({ random: seeded(2) }) : first
    if (found) {
      for (const resource of ['nodes', 'pods']) for (const object of first.store.list(resource)) world.store.put(resource, object)
      world.fleet.adoptNode(world.node('a') ?? {})
      await world.fleet.start()
    }
    const ready = () => world.read('web')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status
    const takeAway = () =>
      world.client.change('pods', web, (pod) => ({ ...pod, status: notReadyPod(as<Pod>(pod), world.clock.now()) }), 'status')
    await takeAway()
    await world.seconds(5)
    expect(ready()).toBe('False')
    await world.seconds(6)
    expect(ready()).toBe('True')
    world.fleet.disconnect('a')
    await takeAway()
    await world.seconds(60)
    expect(ready()).toBe('False')
    world.fleet.reconnect('a')
    await world.seconds(11)
    expect(ready()).toBe('True')
  })

  it.each([
    { minor: 25, disruption: undefined },
    { minor: 26, disruption: 'TerminationByKubelet The node was low on resource: memory. ' },
  ])('v1.$minor says of an evicted pod that it is a DisruptionTarget: $disruption', async ({ minor, disruption }) => {
    const world = await worldWith({ minor })
    await world.pod('web', { nodeName: 'a' })
    await world.seconds(20)
    world.fleet.setPressure('a', 'Memory', true)
    await world.seconds(15)
    const condition = world.read('web')?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
    expect(condition && `${condition.reason} ${condition.message}`).toBe(disruption)
  })

  it('evicts the pods with the least claim while it is short of memory', async () => {
    const world = await worldWith()
    const containers = [{ name: 'app', image: 'x:1', resources: { requests: { memory: '100Mi' } } }]
    await world.pod('modest', { nodeName: 'a' })
    await world.pod('claims', { nodeName: 'a', containers })
    await world.seconds(20)
    world.fleet.setPressure('a', 'Memory', true)
    await world.seconds(15)
    expect(world.node('a')?.status?.conditions?.[0]).toMatchObject({ status: 'True', reason: 'KubeletHasInsufficientMemory' })
    expect(world.read('modest')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: memory. ',
    })
    expect(world.read('claims')?.status?.phase).toBe('Running')
    await world.pod('another', { nodeName: 'a' })
    world.fleet.setPressure('a', 'Memory', false)
    await world.seconds(60)
    expect(world.read('claims')?.status?.phase).toBe('Running')
  })

  it('takes over pods that run already without a word', async () => {
    const first = await worldWith()
    await first.pod('web', { nodeName: 'a' })
    await first.seconds(20)
    const second = await kubeletWorld({ random: seeded(2) })
    for (const resource of ['nodes', 'pods']) for (const object of first.store.list(resource)) second.store.put(resource, object)
    const before = second.store.resourceVersion
    const node = second.node('a')
    if (node !== undefined) second.fleet.adoptNode(node)
    await second.fleet.start()
    await second.seconds(5)
    expect(second.store.resourceVersion).toBe(before)
    await second.client.delete('pods', { namespace: 'default', name: 'web' })
    await second.seconds(5)
    expect(second.read('web')).toBeUndefined()
  })
})

describe('static pods', () => {
  it('have mirror pods, which come back when they are deleted while their containers go on', async () => {
    const world = await worldWith({}, { role: 'Server' })
    await world.seconds(60)
    const mirror = () => world.read('etcd-a', 'kube-system')
    expect(mirror()?.metadata?.annotations?.['kubernetes.io/config.source']).toBe('file')
    expect(mirror()?.status?.phase).toBe('Running')
    const { uid, containerID } = { uid: mirror()?.metadata?.uid, containerID: mirror()?.status?.containerStatuses?.[0]?.containerID }
    await world.client.delete('pods', { namespace: 'kube-system', name: 'etcd-a' })
    await world.seconds(5)
    expect(mirror()?.metadata?.uid).not.toBe(uid)
    expect(mirror()?.status?.containerStatuses?.[0]).toMatchObject({ containerID, restartCount: 0, state: { running: {} } })
  })

  it('are made anew when their file changes, and the API server is of another version then', async () => {
    const world = await worldWith({}, { role: 'Server' })
    await world.seconds(60)
    const upgraded: string[] = []
    world.fleet.controlPlane.subscribe({ upgraded: ({ node, version }) => upgraded.push(`${node} ${version}`) })
    world.fleet.apply('a', { kind: 'ReplaceControlPlane', version: 'v1.21.9' })
    await world.seconds(60)
    expect(world.read('kube-apiserver-a', 'kube-system')?.spec?.containers[0]?.image).toBe('registry.k8s.io/kube-apiserver:v1.21.9')
    expect(upgraded).toEqual(['a v1.21.9'])
  })
})

describe('the same seed', () => {
  it('gives the same history', async () => {
    const history = async () => {
      const world = await worldWith()
      await world.pod('web', { nodeName: 'a' })
      await world.seconds(30)
      world.fleet.rebootMachine('a')
      await world.seconds(200)
      return JSON.stringify([world.store.list('pods'), world.store.list('nodes'), world.store.list('events')])
    }
    expect(await history()).toBe(await history())
  })
})
