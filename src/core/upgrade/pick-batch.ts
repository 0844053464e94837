import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
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
  const room = pool.maxUnavailable - away.filter((node) => !ready.includes(node)).length
  if (room <= 0) {
    const names = away.slice(0, 3).map(({ name }) => name)
    return {
      kind: 'Wait',
      message: `${away.length} nodes of the pool are NotReady or cordoned (${names.join(', ')}) and maxUnavailable is ${pool.maxUnavailable}`,
    }
  }
  const size = Math.min(room, batchSize(pool, finishedBatches))
  return { kind: 'Batch', nodes: compatible(ordered(ready, input), size, input).map(({ name }) => name) }
}

/** Size of the batch that follows `finished` ones: it grows until `max`. */
function batchSize({ first, factor, max }: Pick<PoolSettings, 'first' | 'factor' | 'max'>, finished: number): number {
  let size = Math.min(first, max)
  for (let batch = 0; batch < finished && size < max && factor > 1; batch += 1) size = Math.min(size * factor, max)
  return size
}

export function isAway(node: Pick<NodeFacts, 'ready' | 'unschedulable'>): boolean {
  return !node.ready || node.unschedulable
}

function ordered(nodes: readonly NodeFacts[], { podsByNode, ownNode }: BatchInput): readonly NodeFacts[] {
  const load = new Map(nodes.map(({ name }) => [name, (podsByNode?.get(name) ?? []).filter(isMoved).length] as const))
  const rank = (node: NodeFacts) => (node.name === ownNode ? Number.POSITIVE_INFINITY : (load.get(node.name) ?? 0))
  return nodes.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

function compatible(nodes: readonly NodeFacts[], size: number, { pool, podsByNode, allNodes }: BatchInput): readonly NodeFacts[] {
  const [first] = nodes
  if (size <= 1 || first === undefined) return nodes.slice(0, 1)
  const { spread } = pool
  const near = spread === undefined ? nodes : nodes.filter(({ labels }) => labels[spread] === first.labels[spread])
  if (podsByNode === undefined) return near.slice(0, size)
  const replicas = replicaCounts(allNodes, podsByNode)
  const taken = new Map<string, number>()
  const picked: NodeFacts[] = []
  for (const node of near) {
    if (picked.length >= size) break
    const held = countByOwner(podsByNode.get(node.name))
    const fits = [...held].every(
      ([owner, count]) => (taken.get(owner) ?? 0) === 0 || (taken.get(owner) ?? 0) + count <= quarterOf(replicas.get(owner)),
    )
    if (!fits) continue
    picked.push(node)
    for (const [owner, count] of held) taken.set(owner, (taken.get(owner) ?? 0) + count)
  }
  return picked
}

function quarterOf(replicas = 0): number {
  return Math.max(1, Math.floor(replicas / 4))
}

function replicaCounts(nodes: readonly string[], podsByNode: NonNullable<BatchInput['podsByNode']>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const node of nodes)
    for (const [owner, count] of countByOwner(podsByNode.get(node))) counts.set(owner, (counts.get(owner) ?? 0) + count)
  return counts
}

function countByOwner(pods: readonly PodFacts[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { controller } of pods.filter(isMoved)) {
    if (controller !== undefined) counts.set(controller.uid, (counts.get(controller.uid) ?? 0) + 1)
  }
  return counts
}

/** Whether a drain of its node would move the pod. */
function isMoved({ controller, mirror, phase }: PodFacts): boolean {
  return !mirror && controller?.kind !== 'DaemonSet' && phase !== 'Succeeded' && phase !== 'Failed'
}
