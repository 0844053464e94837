import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import type { PodFacts } from '../../kubernetes/pod-facts.ts'
import type { PoolSettings } from '../api/upgrade-settings.ts'
import { type PodTally, tallyPods } from '../pods/pod-tally.ts'
import { budgetMessage, isAway } from './unavailable-budget.ts'

export interface BatchInput {
  readonly pool: Pick<PoolSettings, 'first' | 'factor' | 'max' | 'maxUnavailable' | 'spread'>
  /** Nodes of the pool that are still to come. */
  readonly candidates: readonly NodeFacts[]
  /** All nodes of the pool. */
  readonly nodes: readonly NodeFacts[]
  /** Batches that ended well since the start, a pause or a failure. */
  readonly finishedBatches: number
  /** Pods by node; absent while they are not known. */
  readonly podsByNode?: { get(node: string): readonly PodFacts[] } | undefined
  /** Names of all nodes of the cluster. */
  readonly allNodes: readonly string[]
  readonly ownNode?: string | undefined
}

/** The nodes of a batch, or why there is none now. */
export type PickedBatch =
  | { readonly kind: 'Batch'; readonly nodes: readonly string[] }
  | { readonly kind: 'Wait'; readonly message: string }

/**
 * Picks the nodes of the next batch: as many as its turn allows (first, first × factor, … up to max), never more than maxUnavailable leaves room for,
 * of one zone where the pool says so, the least loaded first, the controller's own node last, and no two that together hold more than a quarter of a
 * workload's replicas (one is always allowed). Source: rolling-update default of Deployments (25 %) for what no budget guards.
 */
export function pickBatch(input: BatchInput): PickedBatch {
  const { pool, nodes, candidates, finishedBatches } = input
  const away = nodes.filter(isAway)
  const ready = candidates.filter((node) => node.ready)
  const [first] = candidates
  if (ready.length === 0) return { kind: 'Wait', message: `node ${first?.name} is not Ready: bring it back, or delete its Node` }
  const room = Math.max(0, pool.maxUnavailable - away.length)
  // a node that is cordoned already serves nobody new: to work on it takes nothing away
  const allowed = room > 0 ? ready : ready.filter(isAway)
  if (allowed.length === 0) return { kind: 'Wait', message: budgetMessage(away, pool.maxUnavailable) }
  const size = { nodes: batchSize(pool, finishedBatches), serving: room }
  const tally = tallyPods(input.allNodes, input.podsByNode ?? nothingKnown)
  const tallied = { ...input, tally }
  const inOrder = ordered(allowed, tally, input.ownNode)
  const picked = compatible(inOrder, size, tallied)
  const missed = size.nodes > 1 ? missedNeeds(picked, tallied) : new Map()
  const nodesOfBatch = missed.size === 0 ? picked : compatible(neededFirst(inOrder, missed, tallied), size, tallied)
  return { kind: 'Batch', nodes: nodesOfBatch.map(({ name }) => name) }
}

/**
 * By UID of its controller: how many batches a workload needs that needs each that there will be, as only so many of its replicas may go at a time,
 * and that would have no node in this one. Its nodes would be left at the end, one batch for each.
 */
function missedNeeds(picked: readonly NodeFacts[], input: TalliedInput): ReadonlyMap<string, number> {
  const needs = criticalNeeds(input)
  if (needs.size === 0) return needs
  const names = picked.map(({ name }) => name)
  const served = tallyPods(names, input.podsByNode ?? nothingKnown).replicas
  return new Map([...needs].filter(([owner]) => !served.has(owner)))
}

/** Nodes of such a workload come first; the controller's own node stays the last. */
function neededFirst(
  nodes: readonly NodeFacts[],
  needs: ReadonlyMap<string, number>,
  { ownNode, podsByNode = nothingKnown }: TalliedInput,
): readonly NodeFacts[] {
  const ranked = nodes.map((node) => {
    const owners = node.name === ownNode ? [] : [...tallyPods([node.name], podsByNode).replicas.keys()]
    return { node, need: Math.max(0, ...owners.map((owner) => needs.get(owner) ?? 0)) }
  })
  return ranked.toSorted((a, b) => b.need - a.need).map(({ node }) => node)
}

/** A workload of seven replicas gives up one at a time; no other needs more batches than these seven. */
const mostNeeded = 7

/** By UID of its controller: how many batches a workload needs that needs all there will be. */
function criticalNeeds(input: TalliedInput): ReadonlyMap<string, number> {
  const { candidates, podsByNode = nothingKnown, tally } = input
  const fewest = Math.max(2, batchesFor(candidates.length, input))
  if (fewest > mostNeeded) return new Map()
  const left = new Map<string, { pods: number; nodes: number }>()
  for (const { name } of candidates) {
    for (const [owner, count] of tallyPods([name], podsByNode).replicas) {
      const { pods, nodes } = left.get(owner) ?? { pods: 0, nodes: 0 }
      left.set(owner, { pods: pods + count, nodes: nodes + 1 })
    }
  }
  // a node goes as a whole, whatever it holds
  const needs = [...left].map(
    ([owner, { pods, nodes }]) => [owner, Math.min(nodes, Math.ceil(pods / quarterOf(tally.replicas.get(owner))))] as const,
  )
  return new Map(needs.filter(([, need]) => need >= fewest))
}

/** How many batches so many nodes take, if nothing but the size of batches limits them. */
function batchesFor(nodes: number, { pool, finishedBatches }: BatchInput): number {
  let batches = 0
  for (let left = nodes; left > 0; left -= batchSize(pool, finishedBatches + batches)) batches += 1
  return batches
}

/** Size of the batch that follows `finished` ones: it grows until `max`. */
function batchSize({ first, factor, max }: Pick<PoolSettings, 'first' | 'factor' | 'max'>, finished: number): number {
  let size = Math.min(first, max)
  for (let batch = 0; batch < finished && size < max && factor > 1; batch += 1) size = Math.min(size * factor, max)
  return size
}

/** Pods that are not known hold nobody back. */
const nothingKnown = { get: () => [] }

function ordered(nodes: readonly NodeFacts[], { load }: PodTally, ownNode: string | undefined): readonly NodeFacts[] {
  const rank = (node: NodeFacts) => (node.name === ownNode ? Number.POSITIVE_INFINITY : (load.get(node.name) ?? 0))
  return nodes.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

/** The most nodes of a batch, and how many of them may be ones that serve now. */
interface BatchLimit {
  readonly nodes: number
  readonly serving: number
}

function compatible(nodes: readonly NodeFacts[], limit: BatchLimit, input: TalliedInput): readonly NodeFacts[] {
  const [first] = nodes
  if (limit.nodes <= 1 || first === undefined) return nodes.slice(0, 1)
  const { spread } = input.pool
  const near = spread === undefined ? nodes : nodes.filter(({ labels }) => labels[spread] === first.labels[spread])
  const tryTaking = replicaGuard(input)
  const picked: NodeFacts[] = []
  for (const node of near) {
    if (picked.length >= limit.nodes) break
    const isServing = !isAway(node)
    if (isServing && picked.filter((one) => !isAway(one)).length >= limit.serving) continue
    if (tryTaking(node.name)) picked.push(node)
  }
  return picked
}

interface TalliedInput extends BatchInput {
  readonly tally: PodTally
}

/** Takes nodes, one after another, as long as those taken do not hold too much of a workload together. */
function replicaGuard({ podsByNode = nothingKnown, tally: { replicas } }: TalliedInput): (node: string) => boolean {
  const taken = new Map<string, number>()
  return (node) => {
    const held = [...tallyPods([node], podsByNode).replicas]
    const fits = held.every(([owner, count]) => {
      const before = taken.get(owner) ?? 0
      return before === 0 || before + count <= quarterOf(replicas.get(owner))
    })
    if (fits) for (const [owner, count] of held) taken.set(owner, (taken.get(owner) ?? 0) + count)
    return fits
  }
}

function quarterOf(replicas = 0): number {
  return Math.max(1, Math.floor(replicas / 4))
}
