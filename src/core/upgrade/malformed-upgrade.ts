import type { ParsedUpgrade } from './cluster-upgrade.ts'
import type { UpgradeDecision } from './upgrade-decision.ts'
import { refusedStatus } from './waiting-status.ts'

/** A ClusterUpgrade that cannot be read touches nothing, and says why. */
export function decideMalformedUpgrade(
  { metadata, status, message }: Extract<ParsedUpgrade, { kind: 'Malformed' }>,
  nowMs: number,
): Pick<UpgradeDecision, 'status'> {
  return { status: refusedStatus({ metadata, status }, message, nowMs) }
}
