import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { type PodTally, tallyPods } from './pod-tally.ts'
import { budgetMessage, isAway } from './unavailable-budget.ts'
import type { PoolSettings } from './upgrade-settings.ts'

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
  return { kind: 'Batch', nodes: compatible(ordered(allowed, tally, input.ownNode), size, { ...input, tally }).map(({ name }) => name) }
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
