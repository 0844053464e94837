import type { NodeInfo } from '../node-info.ts'
import { requiredNodes } from '../node-selection.ts'
import type { SchedulingCycle } from '../scheduling-cycle.ts'
import { defaultSpreadConstraints, type SpreadConstraint, spreadConstraints } from '../spread-constraint.ts'
import { highestScore, type ScorePlugin, scoresOf } from './score-plugin.ts'

const hostname = 'kubernetes.io/hostname'

/** Prefers domains with few pods of the same kind, by constraints that may be broken. Source: kube-scheduler, PodTopologySpread. */
export const podTopologySpread: ScorePlugin = (cycle, nodes) => {
  const { constraints, needsAllLabels } = softConstraints(cycle)
  if (constraints.length === 0) return undefined
  const isJudged = ({ labels }: NodeInfo) => !needsAllLabels || constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined)
  const candidates = needsAllLabels ? nodes.filter(isJudged) : nodes
  if (candidates.length === 0) return undefined
  const costs = constraints.map((constraint) => costOf(cycle, constraint, candidates))
  const sums = scoresOf(nodes, (node) => {
    if (!isJudged(node)) return notJudged
    let sum = 0
    for (const cost of costs) sum += cost(node)
    return Math.trunc(sum)
  })
  return turnedOver(sums)
}

const notJudged = -1

/** What one constraint has against a node. */
function costOf(cycle: SchedulingCycle, constraint: SpreadConstraint, candidates: readonly NodeInfo[]): (node: NodeInfo) => number {
  const { topologyKey, maxSkew } = constraint
  const countOf = podCounts(cycle, constraint, candidates)
  const weight = Math.log(domainCount(constraint, candidates) + 2)
  return (node) => (node.labels[topologyKey] === undefined ? 0 : countOf(node) * weight + maxSkew - 1)
}

interface SoftConstraints {
  readonly constraints: readonly SpreadConstraint[]
  /** Nodes without one of the labels are the worst. */
  readonly needsAllLabels: boolean
}

/** Those of the pod, or the defaults when it has none at all. */
function softConstraints({ pod, minor, spreadSelector }: SchedulingCycle): SoftConstraints {
  const none = (pod.pod.spec?.topologySpreadConstraints ?? []).length === 0
  if (!none) return { constraints: spreadConstraints(pod, 'ScheduleAnyway', minor), needsAllLabels: true }
  return { constraints: spreadSelector === undefined ? [] : defaultSpreadConstraints(pod, spreadSelector), needsAllLabels: false }
}

function podCounts(cycle: SchedulingCycle, constraint: SpreadConstraint, candidates: readonly NodeInfo[]): (node: NodeInfo) => number {
  const { pod, cache } = cycle
  const { topologyKey } = constraint
  const counts = cache.podsMatching(constraint.matcher)
  if (topologyKey === hostname) return ({ name }) => counts.on(name)
  const chosen = constraint.honorsAffinity ? requiredNodes(pod.pod.spec) : undefined
  if (chosen === undefined) {
    const byDomain = counts.byDomain(topologyKey)
    return ({ labels }) => byDomain.get(labels[topologyKey] ?? '') ?? 0
  }
  const byDomain = new Map(candidates.map(({ labels }) => [labels[topologyKey] ?? '', 0]))
  for (const nodeName of counts.nodeNames()) {
    const node = cache.node(nodeName)
    const domain = node?.labels[topologyKey]
    if (node === undefined || domain === undefined || !byDomain.has(domain) || !chosen(node)) continue
    byDomain.set(domain, (byDomain.get(domain) ?? 0) + counts.on(nodeName))
  }
  return ({ labels }) => byDomain.get(labels[topologyKey] ?? '') ?? 0
}

function domainCount({ topologyKey }: SpreadConstraint, candidates: readonly NodeInfo[]): number {
  if (topologyKey === hostname) return candidates.length
  const domains = new Set<string>()
  for (const { labels } of candidates) {
    const domain = labels[topologyKey]
    if (domain !== undefined) domains.add(domain)
  }
  return domains.size
}

/** Fewest pods: highest score; 0 for a node without all labels. */
function turnedOver(sums: Float64Array): Float64Array {
  let [least, most] = [Number.POSITIVE_INFINITY, 0]
  for (const sum of sums) {
    if (sum === notJudged) continue
    if (sum < least) least = sum
    if (sum > most) most = sum
  }
  const turned = (sum: number) => (most === 0 ? highestScore : Math.trunc((highestScore * (most + least - sum)) / most))
  return sums.map((sum) => (sum === notJudged ? 0 : turned(sum)))
}
