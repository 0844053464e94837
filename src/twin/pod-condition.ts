import type { Pod, PodCondition } from 'kubernetes-types/core/v1'
import { apiTime } from './api-time.ts'
import { as, type KubeObject } from './kube-object.ts'

/** What somebody has to say of a pod. */
export interface PodConditionNews {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason?: string
  readonly message?: string
}

/**
 * The pod with a condition put in by its type: where it stood, or at the end. The time of transition only moves when `status` does; the pod itself
 * is returned when it says so already. Source: Kubernetes, UpdatePodCondition.
 */
export function withPodCondition(pod: KubeObject, news: PodConditionNews, nowMs: number): KubeObject {
  const { status } = as<Pod>(pod)
  const conditions = status?.conditions ?? []
  const before = conditions.find(({ type }) => type === news.type)
  if (before?.status === news.status && before.reason === news.reason && before.message === news.message) return pod
  const lastTransitionTime = before?.status === news.status ? before.lastTransitionTime : apiTime(nowMs)
  const condition = { lastProbeTime: null, lastTransitionTime, ...news } as unknown as PodCondition
  const next = before === undefined ? [...conditions, condition] : conditions.map((one) => (one === before ? condition : one))
  return { ...pod, status: { ...status, conditions: next } }
}
