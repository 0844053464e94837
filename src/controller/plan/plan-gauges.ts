import type { PlanStatus } from '../../core/plan/plan-status.ts'
import type { ControllerMetrics } from '../metrics.ts'

type PlanGauges = Pick<ControllerMetrics, 'nodesInProgress' | 'planComplete' | 'planFailed'>

/** Shows how a Plan stands. */
export function measurePlan({ nodesInProgress, planComplete, planFailed }: PlanGauges, plan: string, status: PlanStatus): void {
  const complete = status.conditions?.find((c) => c.type === 'Complete')
  nodesInProgress.set({ plan }, status.applying?.length ?? 0)
  planComplete.set({ plan }, complete?.status === 'True' ? 1 : 0)
  planFailed.set({ plan }, /^(JobFailed|NotReached|DrainFailed)$/.test(complete?.reason ?? '') ? 1 : 0)
}

/** Shows nothing of a Plan that is gone. */
export function forgetPlan({ nodesInProgress, planComplete, planFailed }: PlanGauges, plan: string): void {
  for (const gauge of [nodesInProgress, planComplete, planFailed]) gauge.remove({ plan })
}
