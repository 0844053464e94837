import type { DeploymentCondition, DeploymentStatus } from 'kubernetes-types/apps/v1.js'
import { apiTime } from '../../../api-time.ts'

/** What a condition says, without its times. */
export interface ConditionNews {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

type Conditions = readonly DeploymentCondition[]

export function findCondition(status: DeploymentStatus | undefined, type: string): DeploymentCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type)
}

/**
 * The conditions with one of them new, at their end; as they were when it says the same (status and reason). The time of the transition
 * changes only with the status. Source: Kubernetes, deployment SetDeploymentCondition.
 */
export function withCondition(conditions: Conditions, news: ConditionNews, nowMs: number): Conditions {
  const current = conditions.find(({ type }) => type === news.type)
  if (current !== undefined && current.status === news.status && current.reason === news.reason) return conditions
  return withUpdatedCondition(conditions, news, nowMs)
}

/** Like `withCondition`, but also the same news get a new `lastUpdateTime`. */
export function withUpdatedCondition(conditions: Conditions, news: ConditionNews, nowMs: number): Conditions {
  const current = conditions.find(({ type }) => type === news.type)
  const now = apiTime(nowMs)
  const lastTransitionTime = current?.status === news.status ? (current.lastTransitionTime ?? now) : now
  const { type, status, reason, message } = news
  return [...withoutCondition(conditions, type), { type, status, lastUpdateTime: now, lastTransitionTime, reason, message }]
}

export function withoutCondition(conditions: Conditions, type: string): Conditions {
  return conditions.some((condition) => condition.type === type) ? conditions.filter((condition) => condition.type !== type) : conditions
}
