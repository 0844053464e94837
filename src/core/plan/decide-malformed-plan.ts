import type { ParsedPlan } from './plan.ts'
import { conditionOf, withCondition } from './plan-conditions.ts'
import type { PlanEvent } from './plan-decision.ts'
import type { PlanStatus } from './plan-status.ts'

/** A Plan that is none (an older CRD let it pass) touches no node; its conditions say which field to mend. */
export function decideMalformedPlan(
  malformed: Extract<ParsedPlan, { kind: 'Malformed' }>,
  nowMs: number,
): { status: PlanStatus; events: readonly PlanEvent[] } {
  const { status = {}, message } = malformed
  const before = status.conditions ?? []
  const known = conditionOf(before, 'Validated')?.message === message
  const complete = withCondition(
    before,
    'Complete',
    { status: 'False', reason: 'NotReady', message: 'plan is not valid and resolved' },
    nowMs,
  )
  const conditions = withCondition(complete, 'Validated', { status: 'False', reason: 'Error', message }, nowMs)
  return {
    status: { ...status, conditions: [...conditions] },
    events: known ? [] : [{ type: 'Warning', reason: 'ValidateFailed', message: `Failed to validate plan: ${message}` }],
  }
}
