/** A condition as most kinds have it in `status.conditions`. */
export interface StatusCondition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
  readonly observedGeneration?: number
  readonly lastTransitionTime?: string
}

/**
 * The conditions with one put in by its type: where it stood, or at the end. The time of transition only moves when `status` does, and the list
 * itself is returned when nothing is different. Source: Kubernetes, apimachinery meta.SetStatusCondition.
 */
export function withCondition<T extends StatusCondition>(conditions: readonly T[], next: T): readonly T[] {
  const old = conditions.find(({ type }) => type === next.type)
  if (old === undefined) return [...conditions, next]
  const lastTransitionTime = old.status === next.status ? old.lastTransitionTime : next.lastTransitionTime
  const merged = { ...old, ...next, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) }
  if (merged.status === old.status && merged.reason === old.reason && merged.message === old.message && sameGeneration(merged, old)) {
    return conditions
  }
  return conditions.map((condition) => (condition === old ? merged : condition))
}

function sameGeneration(a: StatusCondition, b: StatusCondition): boolean {
  return a.observedGeneration === b.observedGeneration
}
