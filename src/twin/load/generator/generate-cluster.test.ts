import type { Pod } from 'kubernetes-types/core/v1'
import { afterEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../cluster/virtual-clock.ts'
import { seededRandom } from '../../time/seeded-random.ts'
import { createTwin, type Twin } from '../../twin.ts'
import { loadObjects } from '../load-objects.ts'
import type { GenerateOptions } from './cluster-shape.ts'
import { generateCluster } from './generate-cluster.ts'

const running: Twin[] = []
afterEach(() => {
  for (const twin of running.splice(0)) twin.close()
})

const nowMs = Date.parse('2026-11-21T10:00:00Z')

async function started(options: GenerateOptions) {
  const { version, objects } = generateCluster({ nowMs, ...options })
  const clock = new VirtualClock({ startMs: nowMs })
  const defects: string[] = []
  const twin = await createTwin({ clock, random: seededRandom(1), version, onDefect: (where, error) => defects.push(`${where}: ${error}`) })
  running.push(twin)
  const result = await loadObjects(twin, objects)
  const pods = () => twin.api.registry.store.list('pods').map((pod) => pod as unknown as Pod)
  return { twin, clock, result, defects, objects, pods }
}

/** What is as its controllers would leave it. */
function atRest(version: string): readonly string[] {
  const endpoints = ['endpoints', 'endpointslices.discovery.k8s.io']
  const workloads = [
    'deployments.apps',
    'replicasets.apps',
    'statefulsets.apps',
    'daemonsets.apps',
    'poddisruptionbudgets.policy',
    'services',
  ]
  // until 1.21 endpoints name versions of pods, which these have only when they are stored
  return /^v1\.(1\d|2[01])\./.test(version) ? workloads : [...workloads, ...endpoints]
}

describe('a generated cluster', () => {
  it.each([
    { distribution: 'k3s', version: 'v1.20.2' },
    { distribution: 'rke2', version: 'v1.30.4' },
    { distribution: 'kubeadm', version: 'v1.22.0' },
    { distribution: 'kubeadm', version: 'v1.36.1' },
  ] as const)('is at rest: no controller of $version ($distribution) has anything to do', async ({ distribution, version }) => {
    const { twin, clock, result, defects, pods } = await started({ nodes: 12, pods: 200, distribution, version })
    expect(result.leftOut).toEqual([])
    const before = pods()
      .map(({ metadata }) => metadata?.uid)
      .sort()
    expect(before).toHaveLength(200)
    const written: string[] = []
    twin.api.registry.store.subscribe(
      ({ resource, kind, object }) => written.push(`${resource} ${kind} ${object.metadata.name}`),
      atRest(version),
    )
    await twin.start()
    await clock.advance(180_000)
    expect(written).toEqual([])
    expect(
      pods()
        .map(({ metadata }) => metadata?.uid)
        .sort(),
    ).toEqual(before)
    expect(pods().filter(({ status }) => status?.phase !== 'Running')).toEqual([])
    expect(defects).toEqual([])
  })

  it.each(['v1.30.1', 'v1.36.1'])('has no empty labels where a server of %s would store none', (version) => {
    const { objects } = generateCluster({ nodes: 9, pods: 100, version })
    const labels = objects.filter(({ kind }) => kind.startsWith('Endpoint')).map(({ metadata }) => metadata.labels)
    expect(labels.length).toBeGreaterThan(10)
    expect(labels.filter((one) => one !== undefined && Object.keys(one).length === 0)).toEqual([])
  })

  it('is the same for the same seed and another for another', () => {
    const text = (seed: number) => JSON.stringify(generateCluster({ nodes: 9, pods: 100, seed }).objects)
    expect(text(7)).toBe(text(7))
    expect(text(7)).not.toBe(text(8))
  })

  it('goes on in a twin of the same seed: no new object gets the UID of one that is there', async () => {
    const { twin, clock, pods } = await started({ nodes: 8, pods: 100, seed: 1 })
    await twin.start()
    await clock.advance(10_000)
    const before = new Set(pods().map(({ metadata }) => metadata?.uid))
    for (const { metadata } of pods())
      if (metadata?.ownerReferences?.some(({ kind }) => kind === 'ReplicaSet'))
        await twin.api.client.delete('pods', { namespace: metadata.namespace, name: metadata.name ?? '' })
    await clock.advance(120_000)
    expect(pods().filter(({ status }) => status?.phase !== 'Running')).toEqual([])
    expect(pods()).toHaveLength(before.size)
    expect(new Set(pods().map(({ metadata }) => metadata?.uid)).size).toBe(before.size)
  })

  it.each([
    { options: { nodes: 0 }, message: 'nodes is 0: a cluster of this kind has a whole number of them, from 1 to 20000' },
    { options: { nodes: 3, masters: 4 }, message: 'masters is 4: a cluster of this kind has a whole number of them, from 1 to 3' },
    { options: { nodes: 3, pods: 1e6 }, message: 'pods is 1000000: a cluster of this kind has a whole number of them, from 0 to 200' },
    { options: { nodes: 3, version: 'new' }, message: 'version is "new": write a version of Kubernetes such as v1.32.1' },
  ])('refuses what cannot be: $message', ({ options, message }) => {
    expect(() => generateCluster(options)).toThrow(message)
  })

  it('has pools of their shares and nodes in all zones', () => {
    const { objects } = generateCluster({ nodes: 13, masters: 1, pools: [{ name: 'a', share: 2 }, { name: 'b' }] })
    const labels = objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.labels ?? {})
    const count = (key: string, value: string) => labels.filter((one) => one[key] === value).length
    expect([count('pool', 'a'), count('pool', 'b')]).toEqual([8, 4])
    expect(count('topology.kubernetes.io/zone', 'zone-b')).toBe(4)
  })
})
