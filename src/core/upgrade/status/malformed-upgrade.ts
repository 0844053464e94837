import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import type { ParsedUpgrade } from '../api/cluster-upgrade.ts'
import type { UpgradeDecision } from '../upgrade-decision.ts'
import { runStory } from './run-story.ts'
import { standingStill } from './standing-still.ts'
import { refusedStatus } from './waiting-status.ts'

/** A ClusterUpgrade that cannot be read touches nothing, and says why; nodes that it has started stand still. */
export function decideMalformedUpgrade(
  { metadata, status, message }: Extract<ParsedUpgrade, { kind: 'Malformed' }>,
  nodes: readonly NodeFacts[],
  nowMs: number,
): Pick<UpgradeDecision, 'status' | 'story'> {
  const after = refusedStatus({ metadata, status }, `${message}${standingStill({ upgrade: { metadata }, nodes })}`, nowMs)
  return { status: after, story: runStory({ before: status, after, isThere: () => true }) }
}
