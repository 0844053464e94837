/** How long kubelets may use a Secret they have read, by the number of nodes. The ranges overlap so that one node more or less changes nothing. */
const steps = [
  { fewest: 0, most: 100, seconds: 0 },
  { fewest: 90, most: 500, seconds: 15 },
  { fewest: 450, most: 1_000, seconds: 30 },
  { fewest: 900, most: 2_000, seconds: 60 },
  { fewest: 1_800, most: 10_000, seconds: 300 },
  { fewest: 9_000, most: Number.POSITIVE_INFINITY, seconds: 600 },
] as const

/** The seconds for so many nodes, where `before` held until now (0 at the start). Source: Kubernetes, ttl controller. */
export function secretTtlSeconds(nodes: number, before: number): number {
  const at = Math.max(
    0,
    steps.findIndex(({ seconds }) => seconds === before),
  )
  const larger = steps.slice(at).find(({ most }) => nodes <= most)
  const smaller = steps.slice(0, at + 1).findLast(({ fewest }) => nodes >= fewest)
  return nodes > (steps[at]?.most ?? 0) ? (larger?.seconds ?? before) : (smaller?.seconds ?? before)
}
