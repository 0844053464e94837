import type { Lease } from 'kubernetes-types/coordination/v1'
import type { Node, Pod } from 'kubernetes-types/core/v1'
import { describe, expect, it, onTestFinished } from 'vitest'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { as } from '../kube-object.ts'
import { newMachine } from '../machine/new-machine.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { createTwin } from '../twin.ts'

const version = 'v1.30.4'
const minuteMs = 60_000

/** Two workers with a Deployment of four pods, at rest. */
async function restingTwin() {
  const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T10:00:00Z') })
  const twin = await createTwin({ clock, random: seededRandom(1), version })
  onTestFinished(() => twin.close())
  await twin.addNodes(
    ['node-1', 'node-2', 'node-3'].map((name) => newMachine({ name, version, distribution: 'kubeadm', role: 'Agent', bootId: name })),
  )
  await twin.start()
  await clock.advance(10_000)
  const { client } = twin.api
  const { store } = client
  await client.create('deployments.apps', {
    metadata: { namespace: 'default', name: 'web' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'web:1' }] } },
    },
  })
  await clock.advance(minuteMs)
  const pods = () => store.list('pods', 'default').map((pod) => as<Pod>(pod))
  const uids = () => pods().map(({ metadata }) => metadata?.uid)
  const ready = (name: string) =>
    as<Node>(store.get('nodes', undefined, name) ?? {}).status?.conditions?.find(({ type }) => type === 'Ready')
  const renewed = (name: string) => as<Lease>(store.get('leases.coordination.k8s.io', 'kube-node-lease', name) ?? {}).spec?.renewTime ?? ''
  /** Every state that the node's readiness has gone through. */
  const states: string[] = []
  store.subscribe(
    ({ object }) =>
      states.push(`${object.metadata.name} ${as<Node>(object).status?.conditions?.find(({ type }) => type === 'Ready')?.status}`),
    ['nodes'],
  )
  return { twin, clock, client, store, pods, uids, ready, renewed, states }
}

describe('while the API server is away', () => {
  it('nothing is written: kubelets, controllers and scheduler do not reach it either', async () => {
    const { twin, clock, store, renewed } = await restingTwin()
    const [version, lease] = [store.resourceVersion, renewed('node-1')]
    const back = twin.outage.begin()
    await clock.advance(5 * minuteMs)
    expect(store.resourceVersion).toBe(version)
    expect(renewed('node-1')).toBe(lease)
    back()
    await clock.advance(20_000)
    expect(renewed('node-1') > lease).toBe(true)
  })

  it('containers end, and that is told when it is back', async () => {
    const { twin, clock, client, store } = await restingTwin()
    await client.create('pods', {
      metadata: { namespace: 'default', name: 'job', annotations: { 'twin.falkirk.dev/run-seconds': '60' } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'job:1' }] },
    })
    await clock.advance(20_000)
    const phase = () => as<Pod>(store.get('pods', 'default', 'job') ?? {}).status?.phase
    const back = twin.outage.begin()
    await clock.advance(2 * minuteMs)
    expect(phase()).toBe('Running')
    back()
    await clock.advance(20_000)
    expect(phase()).toBe('Succeeded')
  })
})

describe('when the API server is back', () => {
  it.each([8_000, 12_000, 2 * minuteMs, 20 * minuteMs])('after %d ms, no node is called silent and no pod is evicted', async (ms) => {
    const { twin, clock, uids, states } = await restingTwin()
    const before = uids()
    const back = twin.outage.begin()
    await clock.advance(ms)
    back()
    await clock.advance(10 * minuteMs)
    expect(states.filter((state) => !state.endsWith(' True'))).toEqual([])
    expect(uids()).toEqual(before)
  })

  it('a node that died meanwhile gets its whole time, and its pods the time that they tolerate', async () => {
    const { twin, clock, pods, ready } = await restingTwin()
    const onNode = () => pods().filter(({ spec, metadata }) => spec?.nodeName === 'node-1' && metadata?.deletionTimestamp === undefined)
    expect(onNode().length).toBeGreaterThan(0)
    const back = twin.outage.begin()
    await clock.advance(10_000)
    twin.fleet.kill('node-1')
    await clock.advance(10 * minuteMs)
    back()
    await clock.advance(35_000)
    expect(ready('node-1')?.status).toBe('True')
    await clock.advance(20_000)
    expect(ready('node-1')?.status).toBe('Unknown')
    await clock.advance(4 * minuteMs)
    expect(onNode().length).toBeGreaterThan(0)
    await clock.advance(2 * minuteMs)
    expect(onNode()).toEqual([])
  })

  it('what was deleted and scheduled before goes on', async () => {
    const { twin, clock, client, store, pods } = await restingTwin()
    const [first] = pods()
    await client.delete('pods', { namespace: 'default', name: first?.metadata?.name ?? '' })
    await clock.advance(20)
    const back = twin.outage.begin()
    await clock.advance(5 * minuteMs)
    expect(store.get('pods', 'default', first?.metadata?.name ?? '')).toBeDefined()
    back()
    await clock.advance(minuteMs)
    expect(store.get('pods', 'default', first?.metadata?.name ?? '')).toBeUndefined()
    expect(pods().map(({ status }) => status?.phase)).toEqual(['Running', 'Running', 'Running', 'Running'])
  })
})
