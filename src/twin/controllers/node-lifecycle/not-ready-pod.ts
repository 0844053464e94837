import type { Pod, PodStatus } from 'kubernetes-types/core/v1'
import { apiTime } from '../../api-time.ts'

/** The status of a pod whose node is not ready: neither is the pod. The status itself when it says so. Source: Kubernetes, MarkPodsNotReady. */
export function notReadyPod({ status }: Pod, nowMs: number): PodStatus | undefined {
  const conditions = status?.conditions ?? []
  const ready = conditions.find(({ type }) => type === 'Ready')
  if (ready === undefined || ready.status === 'False') return status
  const next = { ...ready, status: 'False', lastTransitionTime: apiTime(nowMs) }
  return { ...status, conditions: conditions.map((condition) => (condition === ready ? next : condition)) }
}
