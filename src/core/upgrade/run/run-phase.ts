import type { ClusterUpgrade } from '../api/cluster-upgrade.ts'
import type { UpgradePhase } from '../api/upgrade-status.ts'
import type { RunContext } from '../node/node-turn.ts'

const endPhases: ReadonlySet<UpgradePhase | undefined> = new Set(['Complete', 'CompletedWithFindings', 'Cancelled'])

/** In these nothing is to come any more, or not before somebody has mended something. */
export const restPhases: ReadonlySet<UpgradePhase> = new Set(['Stopped', 'Refused', 'Cancelling', 'Cancelled'])

/** Whether a phase is one that a run does not leave by itself. */
export function isEndPhase(phase: UpgradePhase | undefined): boolean {
  return endPhases.has(phase)
}

/** Whether a run has ended; another spec begins a new one. A cancelled run stays cancelled. */
export function isEnded({ metadata, spec, status }: Pick<ClusterUpgrade, 'metadata' | 'spec' | 'status'>): boolean {
  if (!isEndPhase(status?.phase)) return false
  return status?.observedGeneration === metadata.generation || (status?.phase === 'Cancelled' && spec.action === 'Cancel')
}

/** Whether a run may begin with nodes sooner or later; one that is refused holds nobody up. */
export function isActive(upgrade: Pick<ClusterUpgrade, 'metadata' | 'spec' | 'status'>): boolean {
  const { metadata, status } = upgrade
  const isRefused = status?.phase === 'Refused' && status.observedGeneration === metadata.generation
  return !isEnded(upgrade) && !isRefused
}

/** Whether a run was cancelled, or paused for longer than it may be: started nodes finish, no other is begun with, for good. */
export function isGivenUp(context: RunContext): boolean {
  return context.settings.action === 'Cancel' || context.facts.upgrade.status?.phase === 'Cancelled' || isExpired(context)
}

/**
 * When the pause that holds a run began, as `status.pausedAt` has it; undefined where none holds it yet. One that came on top of a rest by `stopAfter`, or
 * whose spec was changed since, counts anew: whoever did that has not forgotten it.
 */
export function pausedSince({ settings, facts }: RunContext): string | undefined {
  const { metadata, status = {} } = facts.upgrade
  const isNew = status.observedGeneration !== metadata.generation
  return settings.action === 'Pause' && status.phase === 'Paused' && !isNew ? status.pausedAt : undefined
}

/** Whether a run was paused for longer than `spec.failure.pauseExpiry`. */
export function isExpired(context: RunContext): boolean {
  const { settings, facts, nowMs } = context
  if (settings.action === 'Cancel') return false
  const { phase, pausedAt } = facts.upgrade.status ?? {}
  const since = phase === 'Cancelling' || phase === 'Cancelled' ? pausedAt : pausedSince(context)
  return since !== undefined && nowMs >= Date.parse(since) + settings.failure.pauseExpiryMs
}
