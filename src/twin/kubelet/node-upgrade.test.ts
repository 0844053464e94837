import type { Container } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { drainArguments } from '../../core/plan/drain-arguments.ts'
import { knownImages } from '../machine/effects/known-images.ts'
import { kubeletWorld, startMs } from './kubelet-world.test-support.ts'
import { PlainTransport } from './plain-transport.test-support.ts'

const jobOwner = { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'j', controller: true }] }
const ofPlan = { 'upgrade.cattle.io/controller': 'c', 'upgrade.cattle.io/plan': 'server' }

const drain = (node: string): Container => ({
  name: 'drain',
  image: 'rancher/kubectl:v1.20.2',
  args: drainArguments(node, { force: true }),
})
const cordon = (node: string): Container => ({ name: 'cordon', image: 'rancher/kubectl:v1.20.2', args: ['cordon', node] })
const prepare: Container = { name: 'prepare', image: 'rancher/k3s-upgrade:v1.21.1-k3s1', args: ['prepare', 'server'] }

async function upgradeWorld() {
  const clock = new VirtualClock({ startMs })
  let transport: PlainTransport | undefined
  const api = () => {
    if (transport === undefined) throw new Error('the world is not there yet')
    return transport
  }
  const world = await kubeletWorld({ clock, behaviours: knownImages({ api, clock }) })
  transport = new PlainTransport(world.client)
  await world.addNode('m', { distribution: 'k3s', role: 'Server', version: 'v1.20.2+k3s1' })
  await world.addNode('w', { distribution: 'k3s', version: 'v1.20.2+k3s1' })
  await world.fleet.start()
  const upgrade = async (nodeName: string, initContainers: Container[], image = 'rancher/k3s-upgrade:v1.21.1-k3s1') => {
    const env = [{ name: 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION', value: 'v1.21.1-k3s1' }]
    const containers = [{ name: 'upgrade', image, env }]
    const init = initContainers.map((container) => ({ ...container, env }))
    await world.pod(
      'upgrade',
      { nodeName, restartPolicy: 'Never', hostNetwork: true, initContainers: init, containers },
      { ...jobOwner, labels: ofPlan },
    )
  }
  return { ...world, clock, transport, upgrade, seconds: (count: number) => clock.advance(count * 1000) }
}

describe('an upgrade of a node by the k3s-upgrade image', () => {
  it('changes the version: the kubelet is away, says NotReady, and reports the new one', async () => {
    const world = await upgradeWorld()
    const story: string[] = []
    world.store.subscribe(({ resource, object }) => {
      if (resource !== 'nodes' || object.metadata.name !== 'w') return
      const { conditions = [], nodeInfo } = world.node('w')?.status ?? {}
      const line = `${nodeInfo?.kubeletVersion} Ready=${conditions.find(({ type }) => type === 'Ready')?.status}`
      if (story.at(-1) !== line) story.push(line)
    })
    await world.upgrade('w', [cordon('w')])
    await world.seconds(90)
    expect(world.node('w')?.spec?.unschedulable).toBe(true)
    expect(world.read('upgrade')?.status).toMatchObject({ phase: 'Succeeded', podIP: '127.0.0.1' })
    expect(story).toEqual(['v1.20.2+k3s1 Ready=True', 'v1.21.1+k3s1 Ready=False', 'v1.21.1+k3s1 Ready=True'])
    expect(world.fleet.machineOf('w').units.get('k3s-agent.service')?.version).toBe('v1.21.1+k3s1')
  })

  it('takes the API server of a server with it', async () => {
    const world = await upgradeWorld()
    const told: string[] = []
    world.fleet.controlPlane.subscribe({
      availabilityChanged: ({ kind }) => told.push(kind),
      upgraded: ({ version }) => told.push(version),
    })
    await world.upgrade('m', [])
    await world.seconds(90)
    expect(told).toEqual(['NoServer', 'Available', 'v1.21.1+k3s1'])
  })

  it('drains the node first, with every refusal of a budget waited out', async () => {
    const world = await upgradeWorld()
    await world.pod(
      'web',
      { nodeName: 'w' },
      { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'r', controller: true }] },
    )
    await world.seconds(20)
    world.transport.refusals = 2
    await world.upgrade('w', [drain('w')])
    await world.seconds(10)
    expect(world.read('web')).toBeDefined()
    expect(world.read('upgrade')?.status?.phase).toBe('Pending')
    await world.seconds(100)
    expect(world.read('web')).toBeUndefined()
    expect(world.read('upgrade')?.status?.phase).toBe('Succeeded')
    const log = world.fleet.logs.read({ namespace: 'default', pod: 'upgrade', container: 'drain' })
    expect(log?.split('\n')).toEqual([
      'node/w cordoned',
      'evicting pod default/web',
      ...Array(2).fill(
        'error when evicting pods/"web" -n "default" (will retry after 5s): The disruption budget web needs 1 healthy pods and has 1 currently',
      ),
      'pod/web evicted',
      'node/w drained',
      '',
    ])
  })

  it('does not begin when a pod on the node may not be evicted', async () => {
    const world = await upgradeWorld()
    await world.pod('bare', { nodeName: 'w' })
    await world.seconds(20)
    await world.upgrade('w', [{ ...drain('w'), args: drainArguments('w', {}) }])
    await world.seconds(60)
    expect(world.read('upgrade')?.status?.phase).toBe('Failed')
    expect(world.read('bare')).toBeDefined()
    expect(world.fleet.machineOf('w').kubeletVersion).toBe('v1.20.2+k3s1')
  })

  it('waits on an agent until the servers are through', async () => {
    const world = await upgradeWorld()
    const plan = { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', spec: {}, status: { applying: ['m'] } }
    const metadata = { name: 'server', namespace: 'default', uid: 'p', resourceVersion: '', creationTimestamp: '2026-11-21T10:00:00Z' }
    world.store.put('plans.upgrade.cattle.io', { ...plan, metadata })
    await world.upgrade('w', [prepare])
    await world.seconds(60)
    expect(world.read('upgrade')?.status?.phase).toBe('Pending')
    world.store.put('plans.upgrade.cattle.io', { ...plan, metadata, status: { applying: [] } })
    await world.seconds(60)
    expect(world.read('upgrade')?.status?.phase).toBe('Pending')
    world.fleet.apply('m', { kind: 'ReplaceKubernetes', version: 'v1.21.1+k3s1' })
    await world.seconds(60)
    expect(world.read('upgrade')?.status?.phase).toBe('Succeeded')
    expect(world.fleet.logs.read({ namespace: 'default', pod: 'upgrade', container: 'prepare' })?.split('\n')).toEqual([
      'plan server is at work on m',
      'the control plane runs v1.20.2-k3s1, not v1.21.1-k3s1 yet',
      'the control plane runs v1.21.1-k3s1',
      '',
    ])
  })

  it('fails with the lines of the image that fails', async () => {
    const world = await upgradeWorld()
    await world.upgrade('w', [], 'rig/upgrade-fails:v1.21.1-k3s1')
    await world.seconds(60)
    expect(world.read('upgrade')?.status).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ state: { terminated: { exitCode: 3 } } }],
    })
    expect(world.fleet.logs.read({ namespace: 'default', pod: 'upgrade', container: 'upgrade', tailLines: 1 })).toContain(
      'the disk of this node is full',
    )
  })
})
