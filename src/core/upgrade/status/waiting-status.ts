import type { ClusterUpgrade } from '../api/cluster-upgrade.ts'
import type { ClusterUpgradeStatus, UpgradePhase } from '../api/upgrade-status.ts'
import type { UpgradeDecision } from '../upgrade-decision.ts'
import { runStory } from './run-story.ts'
import { statusOfRun } from './status-of-run.ts'
import { upgradeConditions } from './upgrade-conditions.ts'

type Told = Pick<ClusterUpgrade, 'metadata' | 'status'>

/** The status of an object that cannot be followed as it is: what was told of the run before stays. */
export function refusedStatus(upgrade: Told, message: string, nowMs: number): ClusterUpgradeStatus {
  return withPhase(upgrade, 'Refused', message, nowMs)
}

/** The status of a run that may not see what it decides by. `problem` is one sentence with the fix. */
export function unseenStatus(upgrade: Told, problem: string, nowMs: number): ClusterUpgradeStatus {
  return withPhase(upgrade, 'Pending', `nothing further is begun: ${problem}`, nowMs)
}

/** A run that may not see what it decides by says so by an event, too: somebody has to give it the right. */
export function decideUnseenUpgrade(upgrade: Told, problem: string, nowMs: number): Pick<UpgradeDecision, 'status' | 'story'> {
  const status = unseenStatus(upgrade, problem, nowMs)
  const story = runStory({ before: upgrade.status ?? {}, after: status, isThere: () => true })
  return { status, story: story.map((event) => ({ ...event, type: 'Warning' })) }
}

function withPhase(upgrade: Told, phase: UpgradePhase, message: string, nowMs: number): ClusterUpgradeStatus {
  const { generation } = upgrade.metadata
  // one that has ended and was changed is another run: with this phase nothing would tell any more that what was told is of the one before
  const status = statusOfRun(upgrade)
  // a cancelled run stays cancelled: with another phase it would begin again as soon as its object can be followed
  if (status.phase === 'Cancelled') return { ...status, observedGeneration: generation }
  const conditions = upgradeConditions(status.conditions ?? [], { phase, message, nowMs, generation })
  return { ...status, observedGeneration: generation, phase, message, conditions }
}
