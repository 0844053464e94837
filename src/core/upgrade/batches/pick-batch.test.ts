import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import type { PodFacts } from '../../kubernetes/pod-facts.ts'
import { aPod, several, worker } from '../run-world.test-support.ts'
import { type BatchInput, pickBatch } from './pick-batch.ts'

const zone = 'topology.kubernetes.io/zone'

function input(nodes: readonly NodeFacts[], more: Partial<BatchInput> & { pods?: readonly PodFacts[]; sizes?: object } = {}): BatchInput {
  const { pods = [], sizes = {}, ...rest } = more
  return {
    pool: { first: 1, factor: 2, max: 10, maxUnavailable: 10, ...sizes },
    candidates: nodes,
    nodes,
    finishedBatches: 0,
    podsByNode: { get: (name) => pods.filter(({ nodeName }) => nodeName === name) },
    allNodes: nodes.map(({ name }) => name),
    ...rest,
  }
}

function names(batch: BatchInput): readonly string[] {
  const picked = pickBatch(batch)
  if (picked.kind === 'Wait') throw new Error(picked.message)
  return picked.nodes
}

function of(uid: string, kind = 'ReplicaSet') {
  return { controller: { apiVersion: 'apps/v1', kind, name: uid, uid, controller: true } }
}

describe('how many', () => {
  it.each([
    { sizes: {}, of: [1, 2, 4, 8, 10, 10] },
    { sizes: { first: 3, factor: 3, max: 20, maxUnavailable: 20 }, of: [3, 9, 20, 20, 20, 20] },
    { sizes: { factor: 1 }, of: [1, 1, 1, 1, 1, 1] },
    { sizes: { first: 5, max: 2 }, of: [2, 2, 2, 2, 2, 2] },
    { sizes: { maxUnavailable: 3 }, of: [1, 2, 3, 3, 3, 3] },
  ])('batches of $sizes have $of nodes', ({ sizes, of: wanted }) => {
    const nodes = several(30, worker)
    expect(wanted.map((_, finishedBatches) => names(input(nodes, { sizes, finishedBatches })).length)).toEqual(wanted)
  })

  it('a batch is never larger than what is left', () => {
    expect(names(input(several(3, worker), { finishedBatches: 9 }))).toHaveLength(3)
  })
})

describe('maxUnavailable counts nodes that are NotReady or cordoned, whoever did it (I3)', () => {
  it.each([
    { what: 'NotReady', away: { ready: false } },
    { what: 'cordoned by somebody', away: { unschedulable: true } },
  ])('$what nodes that are done take room away', ({ away }) => {
    const nodes = several(8, (i) => worker(i, i < 2 ? away : {}))
    expect(names(input(nodes, { candidates: nodes.slice(2), finishedBatches: 3, sizes: { maxUnavailable: 4 } }))).toHaveLength(2)
  })

  it('without room nothing begins, and the nodes are named', () => {
    const nodes = several(6, (i) => worker(i, i < 4 ? { ready: false } : {}))
    expect(pickBatch(input(nodes, { sizes: { maxUnavailable: 4 } }))).toEqual({
      kind: 'Wait',
      message: '4 nodes of the pool are NotReady or cordoned (worker-0, worker-1, worker-2) and maxUnavailable is 4',
    })
  })

  it('a cordoned node that is to come takes no more room than it does already, and none is left for one that serves', () => {
    const nodes = several(4, (i) => worker(i, i === 3 ? { unschedulable: true } : {}))
    expect(names(input(nodes, { sizes: { maxUnavailable: 1 }, finishedBatches: 2 }))).toEqual(['worker-3'])
    expect(names(input(nodes, { sizes: { maxUnavailable: 2 }, finishedBatches: 2 }))).toEqual(['worker-0', 'worker-3'])
  })

  it('nodes that are not Ready are never begun with, and are named when no other is left', () => {
    const nodes = [worker(0, { ready: false })]
    expect(pickBatch(input(nodes))).toEqual({ kind: 'Wait', message: 'node worker-0 is not Ready: bring it back, or delete its Node' })
  })

  it('for any pool: what is away with the batch is never more than maxUnavailable, unless it was before', () => {
    const node = fc.record({ ready: fc.boolean(), unschedulable: fc.boolean() })
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat({ max: 4 }),
        (states, most, finishedBatches) => {
          const nodes = states.map((state, i) => worker(i, state))
          const picked = pickBatch(input(nodes, { sizes: { first: 4, maxUnavailable: most }, finishedBatches }))
          if (picked.kind === 'Wait') return
          const away = new Set(nodes.filter(({ ready, unschedulable }) => !ready || unschedulable).map(({ name }) => name))
          const before = away.size
          for (const name of picked.nodes) away.add(name)
          expect(away.size).toBeLessThanOrEqual(Math.max(most, before))
          expect(picked.nodes.length).toBeGreaterThan(0)
          expect(picked.nodes.every((name) => nodes.find((one) => one.name === name)?.ready)).toBe(true)
        },
      ),
    )
  })
})

describe('which', () => {
  it('the least loaded nodes first, by pods that a drain would move; then by name', () => {
    const nodes = several(3, worker)
    const pods = [
      aPod('a', 'worker-0', of('a')),
      aPod('b', 'worker-2', of('agent', 'DaemonSet')),
      aPod('c', 'worker-2', { phase: 'Succeeded' }),
    ]
    expect(names(input(nodes, { pods, sizes: { first: 3 } }))).toEqual(['worker-1', 'worker-2', 'worker-0'])
  })

  it('one of a workload that needs each batch that is to come, before what is less loaded; the first batch has the least loaded one', () => {
    const nodes = several(6, worker)
    // worker-4 and worker-5 may not go together: with one of them left over there would be a third batch
    const pods = [aPod('a', 'worker-4', of('dns')), aPod('b', 'worker-5', of('dns'))]
    expect(names(input(nodes, { pods }))).toEqual(['worker-0'])
    const sizes = { first: 3, factor: 1 }
    expect(names(input(nodes, { pods, sizes }))).toEqual(['worker-4', 'worker-0', 'worker-1'])
    const left = nodes.filter(({ name }) => ['worker-2', 'worker-3', 'worker-5'].includes(name))
    expect(names(input(nodes, { pods, sizes, candidates: left, finishedBatches: 1 }))).toEqual(['worker-2', 'worker-3', 'worker-5'])
  })

  it("the controller's own node last (I7)", () => {
    const pods = several(3, (i) => aPod(`p${i}`, 'worker-1', of(`p${i}`)))
    expect(names(input(several(2, worker), { pods, ownNode: 'worker-0', sizes: { first: 2 } }))).toEqual(['worker-1', 'worker-0'])
    expect(names(input(several(2, worker), { pods, ownNode: 'worker-0' }))).toEqual(['worker-1'])
  })

  it('of one zone, where the pool says so: that of the first node', () => {
    const nodes = several(6, (i) => worker(i, { labels: { [zone]: i % 2 === 0 ? 'a' : 'b' } }))
    expect(names(input(nodes, { sizes: { first: 6, spread: zone } }))).toEqual(['worker-0', 'worker-2', 'worker-4'])
  })

  it.each([
    { replicas: 2, together: 1 },
    { replicas: 4, together: 1 },
    { replicas: 7, together: 1 },
    { replicas: 8, together: 2 },
    { replicas: 12, together: 3 },
  ])('of a workload of $replicas pods on as many nodes, $together at a time: a quarter, and one at least', ({ replicas, together }) => {
    const nodes = several(replicas, worker)
    const pods = nodes.map(({ name }, i) => aPod(`p${i}`, name))
    expect(names(input(nodes, { pods, sizes: { first: 10 } }))).toHaveLength(Math.min(together, 10))
  })

  it('without what is known of pods, by name alone', () => {
    const { podsByNode: _, ...blind } = input(several(3, worker), { sizes: { first: 2 } })
    expect(names(blind)).toEqual(['worker-0', 'worker-1'])
  })

  it('for any pods: no two nodes of a batch hold more than a quarter of a workload together', () => {
    const placed = fc.array(fc.record({ node: fc.nat({ max: 5 }), app: fc.constantFrom('a', 'b', 'c') }), { maxLength: 30 })
    fc.assert(
      fc.property(placed, (list) => {
        const nodes = several(6, worker)
        const pods = list.map(({ node, app }, i) => aPod(`p${i}`, `worker-${node}`, of(app)))
        const picked = names(input(nodes, { pods, sizes: { first: 6 } }))
        for (const app of ['a', 'b', 'c']) {
          const all = pods.filter(({ controller }) => controller?.uid === app)
          const held = picked.map((name) => all.filter(({ nodeName }) => nodeName === name).length).filter((count) => count > 0)
          const sum = held.reduce((total, count) => total + count, 0)
          if (held.length > 1) expect(sum).toBeLessThanOrEqual(Math.max(1, Math.floor(all.length / 4)))
        }
      }),
    )
  })
})
