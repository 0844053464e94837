import type { NodeCounts } from '../node-counts.ts'
import type { NodeInfo } from '../node-info.ts'
import { type NodePredicate, requiredNodes } from '../node-selection.ts'
import { unresolvable, unschedulable } from '../rejection.ts'
import { type PreparedFilter, type SchedulingCycle, skip } from '../scheduling-cycle.ts'
import { type SpreadConstraint, spreadConstraints } from '../spread-constraint.ts'
import { untoleratedTaint } from '../toleration-match.ts'

const plugin = 'PodTopologySpread'
const reason = "node(s) didn't match pod topology spread constraints"
const tooSkewed = unschedulable(plugin, reason)
const withoutLabel = unresolvable(plugin, `${reason} (missing required label)`)

/** One constraint with its pods counted. */
interface Spread {
  readonly constraint: SpreadConstraint
  readonly byDomain: ReadonlyMap<string, number>
  /** Pods in the emptiest domain. */
  readonly least: number
}

/**
 * Keeps pods off domains that have too many of their kind already: more than `maxSkew` above the emptiest one.
 * Source: kube-scheduler, PodTopologySpread.
 */
export function preparePodTopologySpread(cycle: SchedulingCycle): PreparedFilter {
  const constraints = spreadConstraints(cycle.pod, 'DoNotSchedule', cycle.minor)
  if (constraints.length === 0) return skip
  const spreads = spreadsOf(cycle, constraints)
  return {
    kind: 'Filter',
    check: ({ labels }) => {
      for (const { constraint, byDomain, least } of spreads) {
        const domain = labels[constraint.topologyKey]
        if (domain === undefined) return withoutLabel
        if ((byDomain.get(domain) ?? 0) + constraint.self - least > constraint.maxSkew) return tooSkewed
      }
      return undefined
    },
  }
}

function spreadsOf(cycle: SchedulingCycle, constraints: readonly SpreadConstraint[]): readonly Spread[] {
  const { pod, cache, minor } = cycle
  const chosen = requiredNodes(pod.pod.spec)
  const labelled = cache.nodes().filter(({ labels }) => constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined))
  const everywhere = labelled.length === cache.nodes().length
  return constraints.map((constraint) => {
    const counts = cache.podsMatching(constraint.matcher)
    const included = inclusion(constraint, chosen, cycle)
    // Until 1.20 pods on nodes that the node affinity rules out counted where their domain has a node that it allows.
    const countsAll = (everywhere && included === undefined) || minor <= 20
    const nodes = included === undefined ? labelled : labelled.filter(included)
    return spreadOf(
      constraint,
      nodes,
      countsAll ? counts.byDomain(constraint.topologyKey) : countsOn(nodes, constraint.topologyKey, counts),
    )
  })
}

/** Which nodes count at all; undefined: all of them. */
function inclusion(
  { honorsAffinity, honorsTaints }: SpreadConstraint,
  chosen: NodePredicate | undefined,
  { pod }: SchedulingCycle,
): ((node: NodeInfo) => boolean) | undefined {
  const affinity = honorsAffinity ? chosen : undefined
  if (affinity === undefined && !honorsTaints) return undefined
  const tolerations = pod.pod.spec?.tolerations ?? []
  return (node) =>
    (affinity === undefined || affinity(node)) && (!honorsTaints || untoleratedTaint(node.hardTaints, tolerations) === undefined)
}

function countsOn(nodes: readonly NodeInfo[], topologyKey: string, counts: NodeCounts): ReadonlyMap<string, number> {
  const byDomain = new Map<string, number>()
  for (const { name, labels } of nodes) {
    const domain = labels[topologyKey]
    if (domain !== undefined) byDomain.set(domain, (byDomain.get(domain) ?? 0) + counts.on(name))
  }
  return byDomain
}

function spreadOf(constraint: SpreadConstraint, nodes: readonly NodeInfo[], counts: ReadonlyMap<string, number>): Spread {
  const byDomain = new Map<string, number>()
  let least = Number.POSITIVE_INFINITY
  for (const { labels } of nodes) {
    const domain = labels[constraint.topologyKey]
    if (domain === undefined || byDomain.has(domain)) continue
    const count = counts.get(domain) ?? 0
    byDomain.set(domain, count)
    if (count < least) least = count
  }
  return { constraint, byDomain, least: byDomain.size < constraint.minDomains ? 0 : least }
}
