import type { ParsedUpgrade } from '../api/cluster-upgrade.ts'
import type { OtherUpgrade } from '../upgrade-facts.ts'
import { isActive } from './run-phase.ts'

/** What a run knows of another ClusterUpgrade; one that cannot be read, or is refused, begins with no node and holds nobody up. */
export function otherUpgrade(parsed: ParsedUpgrade): OtherUpgrade {
  const { name, uid, creationTimestamp = '' } = parsed.kind === 'Upgrade' ? parsed.upgrade.metadata : parsed.metadata
  const active = parsed.kind === 'Upgrade' && isActive(parsed.upgrade)
  return { name, uid, createdAtMs: Date.parse(creationTimestamp) || 0, active }
}
