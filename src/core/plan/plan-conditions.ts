import { timestamp } from '../kubernetes/timestamp.ts'
import type { PlanCondition } from './plan-status.ts'

type Content = Pick<PlanCondition, 'status' | 'reason' | 'message'>

export function conditionOf(conditions: readonly PlanCondition[], type: string): PlanCondition | undefined {
  return conditions.find((c) => c.type === type)
}

/**
 * Sets one condition and keeps the order of first creation. `lastUpdateTime` moves only when status or message change, so that the same
 * facts give the same bytes. Source: system-upgrade-controller v0.20.
 */
export function withCondition(
  conditions: readonly PlanCondition[],
  type: string,
  content: Content,
  nowMs: number,
): readonly PlanCondition[] {
  const previous = conditionOf(conditions, type)
  const same = previous?.status === content.status && (previous.message ?? '') === (content.message ?? '')
  if (same && (previous.reason ?? '') === (content.reason ?? '')) return conditions
  const lastUpdateTime = same ? previous.lastUpdateTime : timestamp(nowMs)
  const next: PlanCondition = {
    type,
    status: content.status,
    ...(lastUpdateTime === undefined ? {} : { lastUpdateTime }),
    ...(content.reason ? { reason: content.reason } : {}),
    ...(content.message ? { message: content.message } : {}),
  }
  return previous === undefined ? [...conditions, next] : conditions.map((c) => (c === previous ? next : c))
}

/** Moves `lastUpdateTime` although nothing changed: LatestResolved tells in it when a channel was last confirmed. */
export function withConfirmation(conditions: readonly PlanCondition[], type: string, atMs: number): readonly PlanCondition[] {
  return conditions.map((c) => (c.type === type ? { ...c, lastUpdateTime: timestamp(atMs) } : c))
}
