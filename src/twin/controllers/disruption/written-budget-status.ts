import type { PodDisruptionBudgetStatus } from 'kubernetes-types/policy/v1'
import type { BudgetStatus } from '../../../core/drain/disruption-budget.ts'
import { apiTime } from '../../api-time.ts'
import { type StatusCondition, withCondition } from '../status-condition.ts'

/** Since then a budget has the condition DisruptionAllowed. */
const conditionsMinor = 21

/** `status` of a PodDisruptionBudget as a disruption controller of that minor writes it: what was computed, over what is stored. */
export function writtenBudgetStatus(
  computed: BudgetStatus,
  stored: PodDisruptionBudgetStatus | undefined,
  at: { readonly nowMs: number; readonly minor: number },
): PodDisruptionBudgetStatus {
  const { observedGeneration, disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = computed
  const disrupted = Object.entries(computed.disruptedPods).map(([pod, atMs]) => [pod, apiTime(atMs)])
  const conditions = withCondition((stored?.conditions ?? []) as readonly StatusCondition[], disruptionAllowed(computed, at.nowMs))
  return {
    currentHealthy,
    desiredHealthy,
    disruptionsAllowed,
    expectedPods,
    ...(at.minor < conditionsMinor ? {} : { conditions: [...conditions] as never }),
    ...(disrupted.length === 0 ? {} : { disruptedPods: Object.fromEntries(disrupted) }),
    ...(observedGeneration === 0 ? {} : { observedGeneration }),
  }
}

function disruptionAllowed({ syncFailed, disruptionsAllowed, observedGeneration }: BudgetStatus, nowMs: number): StatusCondition {
  const isAllowed = syncFailed === undefined && disruptionsAllowed > 0
  const refusal = syncFailed === undefined ? 'InsufficientPods' : 'SyncFailed'
  return {
    type: 'DisruptionAllowed',
    observedGeneration,
    lastTransitionTime: apiTime(nowMs),
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : refusal,
    message: syncFailed ?? '',
  }
}
