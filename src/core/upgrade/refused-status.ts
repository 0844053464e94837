import type { ClusterUpgrade } from './cluster-upgrade.ts'
import { upgradeConditions } from './upgrade-conditions.ts'
import type { ClusterUpgradeStatus } from './upgrade-status.ts'

/** The status of an object that cannot be followed as it is: what was told of the run before stays. */
export function refusedStatus(
  { metadata: { generation }, status = {} }: Pick<ClusterUpgrade, 'metadata' | 'status'>,
  message: string,
  nowMs: number,
): ClusterUpgradeStatus {
  const phase = 'Refused'
  const conditions = upgradeConditions(status.conditions ?? [], { phase, message, nowMs, generation })
  return { ...status, observedGeneration: generation, phase, message, conditions }
}
