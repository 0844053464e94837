import type { ParsedUpgrade } from './cluster-upgrade.ts'
import type { UpgradeDecision } from './upgrade-decision.ts'

/** A ClusterUpgrade that cannot be read touches nothing, and says why. */
export function decideMalformedUpgrade({
  metadata,
  status,
  message,
}: Extract<ParsedUpgrade, { kind: 'Malformed' }>): Pick<UpgradeDecision, 'status'> {
  return { status: { ...status, observedGeneration: metadata.generation, phase: 'Refused', message } }
}
