import { matcherOf } from '../filter/inter-pod-affinity.ts'
import type { SchedulingCycle } from '../scheduling-cycle.ts'
import { highestScore, type ScorePlugin, scoresOf } from './score-plugin.ts'

interface Attraction {
  readonly topologyKey: string
  readonly byDomain: ReadonlyMap<string, number>
  /** Negative when it keeps away. */
  readonly weight: number
}

/** Prefers nodes near pods that this one prefers, or that prefer or require this one. Source: kube-scheduler, InterPodAffinity. */
export const interPodAffinity: ScorePlugin = (cycle, nodes) => {
  const attractions = [...ownAttractions(cycle), ...attractionsOfOthers(cycle)].filter(({ byDomain }) => byDomain.size > 0)
  if (attractions.length === 0) return undefined
  const sums = scoresOf(nodes, ({ labels }) => {
    let sum = 0
    for (const { topologyKey, byDomain, weight } of attractions) {
      const domain = labels[topologyKey]
      if (domain !== undefined) sum += (byDomain.get(domain) ?? 0) * weight
    }
    return sum
  })
  return stretched(sums)
}

function ownAttractions({ pod, cache }: SchedulingCycle): readonly Attraction[] {
  const { preferred, preferredAnti } = pod.affinity
  const counted = [...preferred, ...preferredAnti.map(({ term, weight }) => ({ term, weight: -weight }))]
  return counted.map(({ term, weight }) => {
    const { topologyKey } = term
    return { topologyKey, weight, byDomain: cache.podsMatching(matcherOf([term], cache)).byDomain(topologyKey) }
  })
}

function attractionsOfOthers({ pod, cache }: SchedulingCycle): readonly Attraction[] {
  const namespaceLabels = cache.namespaceLabels(pod.namespace)
  return cache
    .termsAbout(pod)
    .filter(({ kind, term }) => kind !== 'RequiredAnti' && term.matches(pod, namespaceLabels))
    .map(({ kind, term: { topologyKey }, weight, counts }) => ({
      topologyKey,
      weight: kind === 'PreferredAnti' ? -weight : weight,
      byDomain: counts.byDomain(topologyKey),
    }))
}

/** From the lowest (at most 0) to the highest (at least 0). */
function stretched(sums: Float64Array): Float64Array | undefined {
  let [least, most] = [0, 0]
  for (const sum of sums) {
    least = Math.min(least, sum)
    most = Math.max(most, sum)
  }
  if (least === most) return undefined
  return sums.map((sum) => Math.trunc((highestScore * (sum - least)) / (most - least)))
}
