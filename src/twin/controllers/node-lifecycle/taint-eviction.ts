import type { Taint, Toleration } from 'kubernetes-types/core/v1'
import { toleratesTaint } from '../../../core/scheduling/toleration-match.ts'

/** What the NoExecute taints of its node mean for a pod. `At`: so many seconds after it was first looked at with taints on its node. */
export type TaintVerdict =
  | { readonly kind: 'Stay' }
  | { readonly kind: 'Evict' }
  | { readonly kind: 'EvictAfter'; readonly seconds: number }

/**
 * Judges a pod by the taints of its node: one that nothing tolerates evicts at once, else the shortest `tolerationSeconds` of those tolerations that
 * are used counts, and without one it stays. Source: Kubernetes taint eviction controller.
 */
export function taintVerdict(taints: readonly Taint[], tolerations: readonly Toleration[]): TaintVerdict {
  const evicting = taints.filter(({ effect }) => effect === 'NoExecute')
  if (evicting.length === 0) return { kind: 'Stay' }
  const used = evicting.map((taint) => tolerations.find((toleration) => toleratesTaint([toleration], taint)))
  if (used.some((toleration) => toleration === undefined)) return { kind: 'Evict' }
  const limits = used.flatMap((toleration) => toleration?.tolerationSeconds ?? [])
  if (limits.length === 0) return { kind: 'Stay' }
  const seconds = Math.min(...limits)
  return seconds <= 0 ? { kind: 'Evict' } : { kind: 'EvictAfter', seconds }
}
