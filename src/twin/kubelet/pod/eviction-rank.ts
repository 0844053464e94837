import type { Pod } from 'kubernetes-types/core/v1'
import { isPodFinished } from '../../../core/kubernetes/pod-state.ts'

const qosRank: Readonly<Record<string, number>> = { BestEffort: 0, Burstable: 1, Guaranteed: 2 }
/** From here on a pod is critical and is not evicted. Source: Kubernetes, PriorityClass system-cluster-critical. */
const criticalPriority = 2_000_000_000

/**
 * Which pod a kubelet evicts first when its node runs short: the one with the least claim, then the lowest priority, then the youngest.
 * Static and critical pods are not evicted. Source: Kubernetes, Node-pressure Eviction, "Pod selection for kubelet eviction".
 */
export function firstToEvict(pods: readonly Pod[]): Pod | undefined {
  return pods.filter(isEvictable).toSorted(compareClaims)[0]
}

function isEvictable(pod: Pod): boolean {
  if (pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return false
  if (pod.metadata?.deletionTimestamp !== undefined) return false
  if (isPodFinished(pod.status)) return false
  return (pod.spec?.priority ?? 0) < criticalPriority
}

function compareClaims(a: Pod, b: Pod): number {
  const rank = (pod: Pod) => qosRank[pod.status?.qosClass ?? 'BestEffort'] ?? 0
  const age = (pod: Pod) => Date.parse(pod.metadata?.creationTimestamp ?? '') || 0
  return (
    rank(a) - rank(b) ||
    (a.spec?.priority ?? 0) - (b.spec?.priority ?? 0) ||
    age(b) - age(a) ||
    ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1)
  )
}
