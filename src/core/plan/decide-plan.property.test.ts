import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { decidePlan } from './decide-plan.ts'
import { aNode, aPlan, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import { reached } from './rollout.test-support.ts'

/** What may happen to a cluster between two decisions; `at` picks a node. */
type Happening =
  | { readonly kind: 'Begin' | 'Succeed' | 'Fail' | 'LosesReady' | 'GetsReady' | 'JobVanishes'; readonly at: number }
  | { readonly kind: 'Time'; readonly seconds: number }
  /** The controller is killed after some of its writes, and another one begins. */
  | { readonly kind: 'Killed'; readonly after: number }

const at = fc.nat(9)
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('Begin' as const, 'Succeed' as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('Fail' as const, 'LosesReady' as const, 'GetsReady' as const, 'JobVanishes' as const),
      at,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Time' as const), seconds: fc.nat(2000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Killed' as const), after: fc.nat(6) }) },
)

const shapes = fc.record({
  nodes: fc.array(fc.record({ controlPlane: fc.boolean(), unschedulable: fc.boolean() }), { minLength: 1, maxLength: 6 }),
  concurrency: fc.integer({ min: 1, max: 4 }),
  cordon: fc.boolean(),
  retry: fc.nat(2),
})

function world({
  nodes,
  concurrency,
  cordon,
  retry,
}: {
  nodes: Partial<NodeFacts>[]
  concurrency: number
  cordon: boolean
  retry: number
}): PlanWorld {
  const annotations = retry === 0 ? {} : { 'falkirk.dev/retry': `count=${retry},backoff=10s` }
  const plan = aPlan({ spec: { concurrency, cordon, nodeSelector: {} }, annotations })
  return new PlanWorld(
    someFacts(
      plan,
      nodes.map((n, i) => aNode(`n${i}`, n)),
    ),
  )
}

/** Lets something happen, where the cluster is in a state in which it can. */
function happen(cluster: PlanWorld, what: Happening): void {
  switch (what.kind) {
    case 'Time':
      cluster.nowMs += what.seconds * 1000
      return
    case 'Killed':
      killAfter(cluster, what.after)
      return
    default:
      happenOn(cluster, cluster.facts.nodes[what.at % cluster.facts.nodes.length]?.name ?? '', what.kind)
      return
  }
}

function happenOn(cluster: PlanWorld, node: string, kind: Exclude<Happening['kind'], 'Time' | 'Killed'>): void {
  if (kind === 'LosesReady' || kind === 'GetsReady') cluster.setNode(node, { ready: kind === 'GetsReady' })
  const job = cluster.jobOn(node)
  if (job === undefined || job.end !== undefined) return
  if (kind === 'Begin') cluster.begin(node)
  if (kind === 'JobVanishes') cluster.facts = { ...cluster.facts, jobs: cluster.facts.jobs.filter((j) => j !== job) }
  if (job.active === 1 && kind === 'Succeed') cluster.succeed(node, reached)
  if (job.active === 1 && kind === 'Fail') cluster.fail(node)
}

/** One decision, of which only the first writes reach the server. */
function killAfter(cluster: PlanWorld, writes: number): void {
  const decision = decidePlan(cluster.facts, 'cluster-id', cluster.nowMs)
  if (writes === 0) return
  cluster.facts = { ...cluster.facts, plan: { ...cluster.facts.plan, status: decision.status } }
  for (const action of decision.actions.flat().slice(0, writes - 1)) cluster.carryOut(action)
  cluster.facts = { ...cluster.facts, failures: new Map() }
}

/** Nodes whose Job has succeeded. */
function nodesDone(cluster: PlanWorld): readonly string[] {
  return cluster.facts.jobs.filter((j) => j.end?.kind === 'Complete').map((j) => j.labels['upgrade.cattle.io/node'] ?? '')
}

/** From here on everything goes well, until nothing is left to do. */
function endWell(cluster: PlanWorld): void {
  for (let turn = 0; turn < 60; turn++) {
    cluster.nowMs += 60_000
    for (const node of cluster.facts.nodes) {
      cluster.setNode(node.name, { ready: true })
      const job = cluster.jobOn(node.name)
      if (job === undefined || job.end !== undefined) continue
      cluster.begin(node.name)
      cluster.succeed(node.name, reached)
    }
    cluster.settle()
  }
}

describe('whatever happens, and wherever the controller is killed', () => {
  it('I5, I6: in the end every node that did not fail is done, and every node is schedulable as it was before', () => {
    fc.assert(
      fc.property(shapes, fc.array(happening, { maxLength: 40 }), (shape, happenings) => {
        const cluster = world(shape)
        for (const what of happenings) {
          happen(cluster, what)
          if (what.kind !== 'Killed') cluster.settle()
        }
        cluster.facts = { ...cluster.facts, nodes: cluster.facts.nodes.map((n) => ({ ...n, ready: true })) }
        endWell(cluster)
        const failed = cluster.condition()?.reason === 'JobFailed'
        if (!failed) expect(cluster.condition()).toMatchObject({ status: 'True' })
        for (const [i, before] of shape.nodes.entries()) expect(cluster.node(`n${i}`).unschedulable).toBe(before.unschedulable)
      }),
      { numRuns: 300 },
    )
  })

  it('no more nodes begin than `concurrency` allows, and a decision that was carried out is followed by none', () => {
    fc.assert(
      fc.property(shapes, fc.array(happening, { maxLength: 30 }), (shape, happenings) => {
        const cluster = world(shape)
        for (const what of happenings) {
          happen(cluster, what)
          if (what.kind === 'Killed') continue
          const settled = cluster.settle()
          expect(settled.actions).toEqual([])
          expect(cluster.facts.jobs.filter((j) => j.end === undefined).length).toBeLessThanOrEqual(shape.concurrency)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('I6: a node is not upgraded again after its Job succeeded', () => {
    fc.assert(
      fc.property(shapes, fc.array(happening, { maxLength: 40 }), (shape, happenings) => {
        const cluster = world(shape)
        const succeeded = new Set<string>()
        for (const what of happenings) {
          happen(cluster, what)
          for (const node of nodesDone(cluster)) succeeded.add(node)
          const before = cluster.done.length
          if (what.kind !== 'Killed') cluster.settle()
          const created = cluster.done.slice(before).flatMap((a) => (a.kind === 'CreateJob' ? [a.node] : []))
          expect(created.filter((node) => succeeded.has(node))).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })
})
