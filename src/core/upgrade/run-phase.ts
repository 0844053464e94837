import type { ClusterUpgrade } from './cluster-upgrade.ts'
import type { UpgradePhase } from './upgrade-status.ts'

const endPhases: ReadonlySet<UpgradePhase | undefined> = new Set(['Complete', 'CompletedWithFindings', 'Cancelled'])

/** Whether a phase is one that a run does not leave by itself. */
export function isEndPhase(phase: UpgradePhase | undefined): boolean {
  return endPhases.has(phase)
}

/** Whether a run has ended; another spec begins a new one. A cancelled run stays cancelled. */
export function isEnded({ metadata, spec, status }: Pick<ClusterUpgrade, 'metadata' | 'spec' | 'status'>): boolean {
  if (!isEndPhase(status?.phase)) return false
  return status?.observedGeneration === metadata.generation || (status?.phase === 'Cancelled' && spec.action === 'Cancel')
}
