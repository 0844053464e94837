import { timestamp } from '../../kubernetes/timestamp.ts'
import type { UpgradeCondition, UpgradePhase } from '../api/upgrade-status.ts'

/** What conditions are made of. */
export interface Standing {
  readonly phase: UpgradePhase
  readonly message: string
  readonly nowMs: number
  readonly generation: number
}

/** Ready, Progressing and Complete; their time changes only with their status. Source: Kubernetes API conventions. */
export function upgradeConditions(
  before: readonly UpgradeCondition[],
  { phase, message, nowMs, generation }: Standing,
): readonly UpgradeCondition[] {
  const isComplete = phase === 'Complete' || phase === 'CompletedWithFindings'
  const moves = phase === 'ControlPlane' || phase === 'Nodes' || phase === 'Cancelling'
  const statuses = { Ready: phase === 'Complete', Progressing: moves, Complete: isComplete }
  return Object.entries(statuses).map(([type, holds]) => {
    const status = holds ? 'True' : 'False'
    const known = before.find((condition) => condition.type === type)
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : timestamp(nowMs)
    return { type, status, reason: phase, message, lastTransitionTime, observedGeneration: generation } as const
  })
}
