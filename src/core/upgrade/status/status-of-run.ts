import type { ClusterUpgrade } from '../api/cluster-upgrade.ts'
import type { ClusterUpgradeStatus } from '../api/upgrade-status.ts'
import { isEndPhase } from '../run/run-phase.ts'

/** What was told of this run. One that has ended and gets another version begins anew; only its stops are counted on. */
export function statusOfRun({ status = {}, metadata }: Pick<ClusterUpgrade, 'metadata' | 'status'>): ClusterUpgradeStatus {
  const beginsAnew = isEndPhase(status.phase) && status.phase !== 'Cancelled' && status.observedGeneration !== metadata.generation
  if (!beginsAnew) return status
  const { conditions, stop } = status
  return { ...(conditions === undefined ? {} : { conditions }), ...(stop === undefined ? {} : { stop }) }
}
