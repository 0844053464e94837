import type { ParsedUpgrade } from './cluster-upgrade.ts'
import { refusedStatus } from './refused-status.ts'
import type { UpgradeDecision } from './upgrade-decision.ts'

/** A ClusterUpgrade that cannot be read touches nothing, and says why. */
export function decideMalformedUpgrade(
  { metadata, status, message }: Extract<ParsedUpgrade, { kind: 'Malformed' }>,
  nowMs: number,
): Pick<UpgradeDecision, 'status'> {
  return { status: refusedStatus({ metadata, status }, message, nowMs) }
}
