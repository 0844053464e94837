import type { NodeInfo } from '../node-info.ts'
import { requiredNodes } from '../node-selection.ts'
import type { SchedulingCycle } from '../scheduling-cycle.ts'
import { defaultSpreadConstraints, type SpreadConstraint, spreadConstraints } from '../spread-constraint.ts'
import { highestScore, type ScorePlugin } from './score-plugin.ts'

const hostname = 'kubernetes.io/hostname'

/** Prefers domains with few pods of the same kind, by constraints that may be broken. Source: kube-scheduler, PodTopologySpread. */
export const podTopologySpread: ScorePlugin = (cycle, nodes) => {
  const { constraints, needsAllLabels } = softConstraints(cycle)
  const judged = nodes.map(({ labels }) => !needsAllLabels || constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined))
  if (constraints.length === 0 || !judged.includes(true)) return undefined
  const candidates = nodes.filter((_, at) => judged[at])
  const sums = new Float64Array(nodes.length)
  for (const constraint of constraints) {
    const countOf = podCounts(cycle, constraint, candidates)
    const weight = Math.log(domainCount(constraint, candidates) + 2)
    nodes.forEach((node, at) => {
      if (judged[at] && node.labels[constraint.topologyKey] !== undefined)
        sums[at] = (sums[at] ?? 0) + countOf(node) * weight + constraint.maxSkew - 1
    })
  }
  return turnedOver(sums, judged)
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
  return topologyKey === hostname ? candidates.length : new Set(candidates.map(({ labels }) => labels[topologyKey])).size
}

/** Fewest pods: highest score; 0 for a node without all labels. */
function turnedOver(sums: Float64Array, judged: readonly boolean[]): Float64Array {
  let [least, most] = [Number.POSITIVE_INFINITY, 0]
  sums.forEach((sum, at) => {
    sums[at] = Math.trunc(sum)
    if (!judged[at]) return
    least = Math.min(least, Math.trunc(sum))
    most = Math.max(most, Math.trunc(sum))
  })
  return sums.map((sum, at) => {
    if (!judged[at]) return 0
    return most === 0 ? highestScore : Math.trunc((highestScore * (most + least - sum)) / most)
  })
}
