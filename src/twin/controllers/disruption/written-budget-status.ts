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
    ...(at.minor < conditionsMinor ? {} : { conditions: [...conditions] as never }),
    currentHealthy,
    desiredHealthy,
    ...(disrupted.length === 0 ? {} : { disruptedPods: Object.fromEntries(disrupted) }),
    disruptionsAllowed,
    expectedPods,
    ...(observedGeneration === 0 ? {} : { observedGeneration }),
  }
}

function disruptionAllowed({ syncFailed, disruptionsAllowed, observedGeneration }: BudgetStatus, nowMs: number): StatusCondition {
  const common = { type: 'DisruptionAllowed', observedGeneration, lastTransitionTime: apiTime(nowMs) }
  if (syncFailed !== undefined) return { ...common, status: 'False', reason: 'SyncFailed', message: syncFailed }
  return disruptionsAllowed > 0
    ? { ...common, status: 'True', reason: 'SufficientPods', message: '' }
    : { ...common, status: 'False', reason: 'InsufficientPods', message: '' }
}
