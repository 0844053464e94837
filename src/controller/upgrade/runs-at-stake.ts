import { parseUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import { leftRun } from '../../core/upgrade/decide-leftovers.ts'
import { isEnded } from '../../core/upgrade/run/run-phase.ts'
import { bySoftTaint, type PlanCaches, withRun } from '../plan/plan-caches.ts'
import { isGoing } from './observe-leftovers.ts'
import type { CachedUpgrade, CachedUpgrades } from './upgrade-caches.ts'

/** UIDs of ClusterUpgrades that somebody has to look after: those that have not ended, and those that have left something on nodes. */
export function runsAtStake({ nodes }: Pick<PlanCaches, 'nodes'>, { upgrades }: Pick<CachedUpgrades, 'upgrades'>): ReadonlySet<string> {
  const known = [...upgrades.values()]
  const runs = new Set(known.map(({ uid }) => uid))
  const left = nodes.byIndex(withRun, 'yes').flatMap((node) => leftRun(node, runs) ?? [])
  return new Set([...known.filter(isOpen).map(({ uid }) => uid), ...left, ...nodes.indexValues(bySoftTaint)])
}

/** Whether a ClusterUpgrade, as the API gives it, has not ended. */
export function isOpenRun(raw: unknown): boolean {
  const parsed = parseUpgrade(raw)
  return parsed.kind === 'Malformed' || !isEnded(parsed.upgrade)
}

/** One that cannot be read has to be told so. */
function isOpen(upgrade: CachedUpgrade): boolean {
  return upgrade.parsed.kind === 'Malformed' || isGoing(upgrade)
}
