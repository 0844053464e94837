import { parseJournal } from '../../core/plan/journal.ts'
import { hostnameOf } from '../../core/plan/node-selection.ts'
import type { ClusterUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import { otherUpgrade } from '../../core/upgrade/run/other-upgrade.ts'
import type { UpgradeFacts } from '../../core/upgrade/upgrade-facts.ts'
import { type PlanCaches, withJournal } from '../plan/plan-caches.ts'
import type { WatchedVolumes } from '../plan/watched-volumes.ts'
import type { Shell } from '../shell.ts'
import { byJob, byNode, byReadiness, byRun, type CachedUpgrades, type UpgradeCaches } from './upgrade-caches.ts'

export interface UpgradeSources {
  readonly plans: PlanCaches
  readonly upgrades: CachedUpgrades
  readonly caches: UpgradeCaches
  readonly volumes: Pick<WatchedVolumes, 'get' | 'freshSinceMs'>
}

type Observed = Omit<UpgradeFacts, 'apiServer' | 'failures' | 'refusals' | 'drains' | 'drainProblems'>

/** What the caches know about a run; nothing is asked of the API server. */
export function observeUpgrade(shell: Shell, { plans, upgrades, caches, volumes }: UpgradeSources, upgrade: ClusterUpgrade): Observed {
  const { uid } = upgrade.metadata
  const freshSinceMs = Math.min(plans.freshSinceMs(), upgrades.freshSinceMs(), caches.freshSinceMs(), volumes.freshSinceMs())
  const nodes = plans.sortedNodes()
  return {
    upgrade,
    nodes,
    jobs: caches.jobs.byIndex(byRun, uid),
    podsByJob: { get: (job) => caches.pods.byIndex(byJob, job) },
    podsByNode: { get: (node) => caches.pods.byIndex(byNode, node) },
    cameAtMs: (pod) => caches.arrivals.cameAtMs(pod),
    unreadyPods: caches.arrivals.dated(caches.pods.byIndex(byReadiness, 'no')),
    rebootLocks: [...caches.rebootLocks.values()],
    ...volumes.get(),
    releases: shell.releases,
    factsAgeMs: shell.clock.now() - freshSinceMs,
    others: [...upgrades.upgrades.values()].filter((other) => other.uid !== uid).map(({ parsed }) => otherUpgrade(parsed)),
    plansAtWork: plansAtWork(plans),
    ...(nodes.some(({ name }) => name === shell.host) ? { ownNode: shell.host } : {}),
    namespace: shell.namespace,
  }
}

/** Plans whose work on a node has not ended: those that say so in their status or are about to, and those that have written a journal. */
function plansAtWork(plans: PlanCaches): readonly string[] {
  const entries = [...plans.nodes.byIndex(withJournal, 'yes')].flatMap((node) => {
    const read = parseJournal(node.journal)
    return read.kind === 'Journal' ? read.entries.map((entry) => ({ ...entry, hostname: hostnameOf(node) })) : []
  })
  const failed = new Set(entries.filter(({ step }) => step === 'Failed').map(({ plan, hostname }) => `${plan} ${hostname}`))
  const hostnames = new Set(plans.sortedNodes().map(hostnameOf))
  const applying = [...plans.plans.values()].flatMap(({ parsed }) => {
    if (parsed.kind !== 'Plan') return []
    const { metadata, status = {} } = parsed.plan
    const plan = `${metadata.namespace}/${metadata.name}`
    const begun = (status.applying ?? []).filter((hostname) => hostnames.has(hostname) && !failed.has(`${plan} ${hostname}`))
    return begun.length > 0 ? [plan] : []
  })
  const { names: beginning } = plans.plansBeginning
  return [...new Set([...entries.filter(({ step }) => step !== 'Failed').map(({ plan }) => plan), ...applying, ...beginning])]
}
