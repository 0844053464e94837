import { nodeRejection, prepareFilters } from './node-filters.ts'
import type { NodeInfo } from './node-info.ts'
import { namedNodes } from './node-selection.ts'
import { type Rejection, unresolvable } from './rejection.ts'
import type { NodeFilter, SchedulingCycle } from './scheduling-cycle.ts'
import { bestNode } from './score-nodes.ts'

export interface ScheduleOptions {
  /** From 0 up to, and without, 1; breaks ties between nodes. */
  readonly random: () => number
  /** Where in the list of nodes to begin: the last `nextStartIndex`, so that all nodes have their turn. */
  readonly startIndex: number
}

/** Where a pod goes, or why nowhere. */
export type ScheduleVerdict =
  | { readonly kind: 'Fits'; readonly nodeName: string; readonly feasibleNodes: number; readonly nextStartIndex: number }
  | UnschedulableVerdict
  | { readonly kind: 'NoNodes' }

export interface UnschedulableVerdict {
  readonly kind: 'Unschedulable'
  /** By name of the node. */
  readonly rejections: ReadonlyMap<string, Rejection>
  /** What refused the pod before any node was looked at. */
  readonly beforehand?: Rejection
  readonly nextStartIndex: number
}

/**
 * Finds the best node for a pod, as kube-scheduler does: among enough nodes that fit, the one with the highest score, by chance between equals.
 * Whether a node is found at all does not depend on chance. Source: kube-scheduler, schedulePod.
 */
export function schedulePod(cycle: SchedulingCycle, { random, startIndex }: ScheduleOptions): ScheduleVerdict {
  const all = cycle.cache.nodes()
  if (all.length === 0) return { kind: 'NoNodes' }
  const filters = prepareFilters(cycle)
  if (filters.kind === 'RejectAll') {
    const rejections = new Map(all.map(({ name }) => [name, filters.rejection]))
    return { kind: 'Unschedulable', rejections, beforehand: filters.rejection, nextStartIndex: startIndex }
  }
  const nominated = nominatedNode(cycle, filters.checks)
  if (nominated !== undefined) return { kind: 'Fits', nodeName: nominated.name, feasibleNodes: 1, nextStartIndex: startIndex }
  const named = cycle.minor >= 24 ? namedNodes(cycle.pod.pod.spec) : undefined
  const search = findFeasibleNodes(cycle, filters.checks, {
    startIndex,
    nodes: named === undefined ? all : cycle.cache.nodes().filter(({ name }) => named.has(name)),
  })
  const { feasible, rejections, nextStartIndex } = search
  const best = bestNode(cycle, feasible, random)
  if (best !== undefined) return { kind: 'Fits', nodeName: best.name, feasibleNodes: feasible.length, nextStartIndex }
  if (named !== undefined) addUnnamed(all, rejections, cycle.minor)
  return { kind: 'Unschedulable', rejections, nextStartIndex }
}

/** The node that victims have left for this pod, when it fits by now. */
function nominatedNode(cycle: SchedulingCycle, checks: readonly NodeFilter[]): NodeInfo | undefined {
  const name = cycle.pod.pod.status?.nominatedNodeName ?? ''
  const node = name === '' || cycle.minor < 22 ? undefined : cycle.cache.node(name)
  return node === undefined || nodeRejection(cycle, checks, node) !== undefined ? undefined : node
}

interface Search {
  readonly feasible: readonly NodeInfo[]
  readonly rejections: Map<string, Rejection>
  readonly nextStartIndex: number
}

function findFeasibleNodes(
  cycle: SchedulingCycle,
  checks: readonly NodeFilter[],
  { nodes, startIndex }: { nodes: readonly NodeInfo[]; startIndex: number },
): Search {
  const wanted = feasibleNodesWanted(nodes.length)
  const feasible: NodeInfo[] = []
  const rejections = new Map<string, Rejection>()
  let seen = 0
  while (seen < nodes.length && feasible.length < wanted) {
    const node = nodes[(startIndex + seen) % nodes.length]
    seen += 1
    if (node === undefined) break
    const rejection = nodeRejection(cycle, checks, node)
    if (rejection === undefined) feasible.push(node)
    else rejections.set(node.name, rejection)
  }
  return { feasible, rejections, nextStartIndex: nodes.length === 0 ? startIndex : (startIndex + seen) % nodes.length }
}

const fewestNodesWanted = 100

/** How many fitting nodes are enough: all of 100, fewer of more, never less than 5 %. Source: kube-scheduler, percentageOfNodesToScore. */
export function feasibleNodesWanted(nodeCount: number): number {
  if (nodeCount < fewestNodesWanted) return nodeCount
  const percentage = Math.max(50 - Math.trunc(nodeCount / 125), 5)
  return Math.max(Math.trunc((nodeCount * percentage) / 100), fewestNodesWanted)
}

/** The nodes that the pod's node affinity does not name were not looked at; what the message says of them has changed over time. */
function addUnnamed(all: readonly NodeInfo[], rejections: Map<string, Rejection>, minor: number): void {
  const rejection = unresolvable('NodeAffinity', ...unnamedReasons(minor))
  for (const { name } of all) {
    if (!rejections.has(name)) rejections.set(name, rejection)
  }
}

function unnamedReasons(minor: number): readonly string[] {
  if (minor >= 31) return ["node(s) didn't satisfy plugin(s) [NodeAffinity]"]
  return minor >= 29 ? ['node is filtered out by the prefilter result'] : []
}
