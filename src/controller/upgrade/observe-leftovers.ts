import type { ObjectCache } from '../../cluster/object-cache.ts'
import type { JobFacts } from '../../core/kubernetes/job-facts.ts'
import { type LeftoverFacts, leftRun } from '../../core/upgrade/decide-leftovers.ts'
import { isEnded } from '../../core/upgrade/run/run-phase.ts'
import { bySoftTaint, type PlanCaches, withRun } from '../plan/plan-caches.ts'
import { byProgress, byRun, type CachedUpgrade, type CachedUpgrades } from './upgrade-caches.ts'

/**
 * What the caches know about marks whose run is gone, found by index: of a run that exists nothing is looked at but the entries of its nodes at
 * work and its Jobs that have not ended. `jobs` is absent while no run has been there yet.
 */
export function observeLeftovers(
  { nodes: all }: Pick<PlanCaches, 'nodes'>,
  { upgrades }: Pick<CachedUpgrades, 'upgrades'>,
  jobs: ObjectCache<JobFacts> | undefined,
): LeftoverFacts {
  const known = [...upgrades.values()]
  const runs = new Set(known.map(({ uid }) => uid))
  const going = new Set(known.filter(isGoing).map(({ uid }) => uid))
  const marked = all.byIndex(withRun, 'yes').filter((node) => leftRun(node, runs) !== undefined)
  const ended = all.indexValues(bySoftTaint).filter((run) => !going.has(run))
  const tainted = ended.flatMap((run) => all.byIndex(bySoftTaint, run))
  const gone = new Set(marked.flatMap((node) => leftRun(node, runs) ?? []))
  const ofGone = [...gone].flatMap((run) => jobs?.byIndex(byRun, run) ?? [])
  return {
    runs,
    going,
    nodes: [...new Set([...marked, ...tainted])],
    hasNode: (name) => all.get(name) !== undefined,
    jobs: [...new Set([...(jobs?.byIndex(byProgress, 'AtWork') ?? []), ...ofGone])],
  }
}

/** Whether a run looks after its nodes itself. */
export function isGoing({ parsed }: CachedUpgrade): boolean {
  return parsed.kind === 'Upgrade' && !isEnded(parsed.upgrade)
}
