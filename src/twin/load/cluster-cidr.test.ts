import type { Node, Pod } from 'kubernetes-types/core/v1'
import { expect, it } from 'vitest'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { as } from '../kube-object.ts'
import { newMachine } from '../machine/new-machine.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { createTwin } from '../twin.ts'
import { clusterCidrOf } from './cluster-cidr.ts'
import { generateCluster } from './generator/generate-cluster.ts'
import { loadObjects } from './load-objects.ts'

const startMs = Date.parse('2026-11-21T10:00:00Z')

it('a cluster with more nodes than a /16 has room for gets a larger range, and its pods and those to come have addresses of their nodes', async () => {
  const { objects, version } = generateCluster({ nodes: 300, pods: 600, nowMs: startMs })
  const clusterCidr = clusterCidrOf(objects)
  expect(clusterCidr).toBe('10.128.0.0/15')
  const clock = new VirtualClock({ startMs })
  const twin = await createTwin({ clock, random: seededRandom(1), version, clusterCidr, kubelets: { heartbeats: 'Elided' } })
  try {
    await loadObjects(twin, objects)
    await twin.start()
    await twin.addNodes([newMachine({ name: 'late', version, bootId: 'late' })])
    await clock.advance(30_000)
    const { store } = twin.api.registry
    const ranges = new Map(store.list('nodes').map((node) => [node.metadata.name, as<Node>(node).spec?.podCIDR ?? '']))
    expect(ranges.size).toBe(301)
    expect(new Set(ranges.values()).size).toBe(301)
    expect([...ranges.values()].every((range) => /^10\.12[89]\.\d+\.0\/24$/.test(range))).toBe(true)
    expect(store.list('events').filter(({ reason }) => reason === 'CIDRNotAvailable')).toEqual([])
    const [some, ...others] = store
      .list('pods')
      .filter((pod) => as<Pod>(pod).spec?.hostNetwork !== true && pod.metadata.ownerReferences !== undefined)
    if (some === undefined) throw new Error('there is no pod')
    for (const pod of [some, ...others.slice(0, 20)]) await twin.api.client.delete('pods', pod.metadata)
    await clock.advance(120_000)
    const strangers = store.list('pods').filter((pod) => !isOfItsNode(as<Pod>(pod), ranges))
    expect(strangers.map(({ metadata }) => metadata.name)).toEqual([])
    const addresses = store
      .list('pods')
      .flatMap((pod) => (as<Pod>(pod).spec?.hostNetwork === true ? [] : (as<Pod>(pod).status?.podIP ?? [])))
    expect(new Set(addresses).size).toBe(addresses.length)
  } finally {
    twin.stop()
  }
})

function isOfItsNode({ spec, status }: Pod, ranges: ReadonlyMap<string, string>): boolean {
  const { podIP } = status ?? {}
  if (podIP === undefined || spec?.hostNetwork === true) return true
  return podIP.startsWith((ranges.get(spec?.nodeName ?? '') ?? '').replace(/0\/24$/, ''))
}
