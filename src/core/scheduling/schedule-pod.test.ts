import fc from 'fast-check'
import type { Pod } from 'kubernetes-types/core/v1.js'
import { describe, expect, it } from 'vitest'
import { podInfo } from './pod-info.ts'
import { feasibleNodesWanted, schedulePod } from './schedule-pod.ts'
import { cacheOf, cycleFor, node, outcome, pod, verdictOn } from './scheduling.test-support.ts'

describe('a pod that fits nowhere', () => {
  const nodes = [node('n1', { unschedulable: true }), node('n2', { unschedulable: true }), node('n3', { allocatable: { cpu: '1' } })]

  it.each([
    { minor: 20, says: '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.' },
    { minor: 33, says: '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.' },
  ])('is told the reasons with the number of nodes, in 1.$minor', ({ minor, says }) => {
    expect(outcome(pod('web', { requests: { cpu: '2' } }), { nodes, minor })).toBe(says)
  })

  it('orders reasons as text: 10 comes before 2', () => {
    const many = [
      ...Array.from({ length: 10 }, (_, at) => node(`c${at}`, { unschedulable: true })),
      node('x', { taints: ['a:NoSchedule'] }),
      node('y', { taints: ['a:NoSchedule'] }),
    ]
    expect(outcome(pod('web'), { nodes: many, minor: 24 })).toBe(
      '0/12 nodes are available: 10 node(s) were unschedulable, 2 node(s) had untolerated taint {a: }.',
    )
  })

  it.each([
    { minor: 20, says: '0/3 nodes are available: 3 persistentvolumeclaim "data" not found.' },
    { minor: 25, says: '0/3 nodes are available: persistentvolumeclaim "data" not found.' },
  ])('says once what no node can change, in 1.$minor', ({ minor, says }) => {
    const spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }
    expect(outcome(pod('web', { spec }), { nodes, minor })).toBe(says)
  })

  it.each([
    { minor: 20, says: "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity." },
    { minor: 23, says: "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector." },
    { minor: 24, says: '0/3 nodes are available: 1 node(s) were unschedulable.' },
    { minor: 28, says: '0/3 nodes are available: 1 node(s) were unschedulable.' },
    { minor: 29, says: '0/3 nodes are available: 1 node(s) were unschedulable, 2 node is filtered out by the prefilter result.' },
    { minor: 30, says: '0/3 nodes are available: 1 node(s) were unschedulable, 2 node is filtered out by the prefilter result.' },
    { minor: 31, says: "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]." },
  ])('of a DaemonSet looks at its node only, in 1.$minor', ({ minor, says }) => {
    const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }
    const spec = { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } } }
    const others = [node('n1', { unschedulable: true }), node('n2'), node('n3')]
    expect(outcome(pod('agent', { spec }), { nodes: others, minor })).toBe(says)
  })

  it('in a cluster without nodes', () => {
    expect(outcome(pod('web'), { nodes: [] })).toBe('NoNodes')
  })
})

describe('the best node', () => {
  it.each([
    {
      title: 'has the most left',
      pods: [pod('a', { requests: { cpu: '2', memory: '4Gi' }, on: 'n1' })],
      spec: {},
      options: [{}, {}],
      best: 'n2',
    },
    { title: 'has no taint that only advises', pods: [], spec: {}, options: [{ taints: ['a:PreferNoSchedule'] }, {}], best: 'n2' },
    {
      title: 'has a preferred label',
      pods: [],
      spec: {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, preference: { matchExpressions: [{ key: 'ssd', operator: 'Exists' }] } },
            ],
          },
        },
      },
      options: [{}, { labels: { ssd: '' } }],
      best: 'n2',
    },
    {
      title: 'is in the emptier domain',
      pods: [pod('a', { labels: { app: 'web' }, on: 'n1' })],
      spec: {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { app: 'web' } },
          },
        ],
      },
      options: [{}, {}],
      best: 'n2',
    },
    {
      title: 'is away from what the pod would rather avoid',
      pods: [pod('a', { labels: { app: 'web' }, on: 'n1' })],
      spec: {
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } } },
            ],
          },
        },
      },
      options: [{}, {}],
      best: 'n2',
    },
  ])('$title', ({ pods, spec, options, best }) => {
    const nodes = options.map((each, at) => node(`n${at + 1}`, each as object))
    const asked = pod('web', { labels: { app: 'web' }, spec: spec as object })
    for (const random of [() => 0, () => 0.999])
      expect(verdictOn(asked, { nodes, pods }, random)).toMatchObject({ kind: 'Fits', nodeName: best })
  })

  it('is a matter of chance among equals', () => {
    const nodes = [node('n1'), node('n2')]
    expect(verdictOn(pod('web'), { nodes }, () => 0)).toMatchObject({ nodeName: 'n2' })
    expect(verdictOn(pod('web'), { nodes }, () => 0.9)).toMatchObject({ nodeName: 'n1' })
  })

  it('is the one that victims have left for the pod', () => {
    const nodes = [node('n1'), node('n2')]
    const pods = [pod('a', { requests: { cpu: '3' }, on: 'n1' })]
    expect(verdictOn(pod('web', { nominated: 'n1' }), { nodes, pods })).toMatchObject({ nodeName: 'n1' })
    expect(verdictOn(pod('web', { nominated: 'n1' }), { nodes, pods, minor: 20 })).toMatchObject({ nodeName: 'n2' })
  })
})

describe('room that is kept for a nominated pod', () => {
  it.each([
    { priority: 0, says: '0/1 nodes are available: 1 Insufficient cpu.' },
    { priority: 20, says: 'n1' },
  ])('is not for a pod of priority $priority: $says', ({ priority, says }) => {
    const cluster = { nodes: [node('n1')] }
    const cache = cacheOf(cluster)
    cache.nominate(podInfo(pod('important', { requests: { cpu: '3' }, spec: { priority: 10 } }), 'n1'))
    const verdict = schedulePod(cycleFor(pod('web', { requests: { cpu: '2' }, spec: { priority } }), cluster, cache), {
      random: () => 0,
      startIndex: 0,
    })
    expect(verdict.kind === 'Fits' ? verdict.nodeName : 'refused').toBe(says === 'n1' ? 'n1' : 'refused')
    expect(cache.node('n1')?.pods.size).toBe(0)
  })
})

describe('a sample of nodes', () => {
  it.each([
    { nodes: 50, wanted: 50 },
    { nodes: 100, wanted: 100 },
    { nodes: 250, wanted: 120 },
    { nodes: 1000, wanted: 420 },
    { nodes: 5000, wanted: 500 },
    { nodes: 10000, wanted: 500 },
  ])('of $nodes nodes has $wanted that fit', ({ nodes, wanted }) => {
    expect(feasibleNodesWanted(nodes)).toBe(wanted)
  })
})

describe('whatever is asked for', () => {
  const amounts = fc.record({
    cpu: fc.integer({ min: 0, max: 3000 }),
    memory: fc.integer({ min: 0, max: 6000 }),
    spread: fc.boolean(),
    alone: fc.boolean(),
  })

  function asked(list: readonly { cpu: number; memory: number; spread: boolean; alone: boolean }[]): readonly Pod[] {
    return list.map(({ cpu, memory, spread, alone }, at) => {
      const labelSelector = { matchLabels: { app: 'web' } }
      const constraint = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector }
      const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { alone: 'yes' } } }
      return pod(`p${at}`, {
        labels: { app: 'web', ...(alone ? { alone: 'yes' } : {}) },
        requests: { cpu: `${cpu}m`, memory: `${memory}Mi` },
        spec: {
          ...(spread ? { topologySpreadConstraints: [constraint] } : {}),
          ...(alone ? { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } } : {}),
        },
      })
    })
  }

  function scheduleAll(pods: readonly Pod[], seed: number) {
    const nodes = ['a', 'a', 'b', 'b', 'c'].map((zone, at) => node(`n${at}`, { labels: { zone } }))
    const cluster = { nodes }
    const cache = cacheOf(cluster)
    let state = seed
    const random = () => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    let startIndex = 0
    const placed = pods.map((each) => {
      const verdict = schedulePod(cycleFor(each, cluster, cache), { random, startIndex })
      if (verdict.kind !== 'Fits') return undefined
      startIndex = verdict.nextStartIndex
      cache.addPod(podInfo(each, verdict.nodeName))
      return verdict.nodeName
    })
    return { cache, placed }
  }

  it('nothing is above allocatable, nobody shares who is alone, and the counts are those of a fresh look', () => {
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 40 }), fc.integer({ min: 1, max: 1_000 }), (list, seed) => {
        const pods = asked(list)
        const { cache, placed } = scheduleAll(pods, seed)
        for (const { requested, allocatable, pods: there } of cache.nodes()) {
          expect(requested.milliCpu).toBeLessThanOrEqual(allocatable.milliCpu)
          expect(requested.memory).toBeLessThanOrEqual(allocatable.memory)
          expect([...there.values()].filter(({ labels }) => labels.alone === 'yes').length).toBeLessThanOrEqual(1)
        }
        const bound = pods.flatMap((each, at) =>
          placed[at] === undefined
            ? []
            : [{ ...each, spec: { ...each.spec, containers: each.spec?.containers ?? [], nodeName: placed[at] } }],
        )
        const fresh = cacheOf({ nodes: cache.nodes().flatMap((info) => info.node ?? []), pods: bound })
        const probe = pod('probe', {
          labels: { app: 'web' },
          spec: {
            topologySpreadConstraints: asked([{ cpu: 0, memory: 0, spread: true, alone: false }])[0]?.spec?.topologySpreadConstraints ?? [],
          },
        })
        const look = (each: typeof cache) => schedulePod(cycleFor(probe, { nodes: [] }, each), { random: () => 0, startIndex: 0 })
        expect(look(cache)).toEqual(look(fresh))
      }),
      { numRuns: 60 },
    )
  })

  it('the same seed gives the same nodes', () => {
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 20 }), fc.integer({ min: 1, max: 1_000 }), (list, seed) => {
        expect(scheduleAll(asked(list), seed).placed).toEqual(scheduleAll(asked(list), seed).placed)
      }),
      { numRuns: 30 },
    )
  })
})
