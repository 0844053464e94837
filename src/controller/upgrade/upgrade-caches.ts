import { type CachedObject, ObjectCache } from '../../cluster/object-cache.ts'
import { clusterUpgrades, daemonSets, jobs, pods } from '../../cluster/resource.ts'
import { type JobFacts, jobFacts } from '../../core/kubernetes/job-facts.ts'
import { type PodFacts, podFacts } from '../../core/kubernetes/pod-facts.ts'
import { runLabel } from '../../core/kubernetes/run-label.ts'
import { type ParsedUpgrade, parseUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import { isUnready } from '../../core/upgrade/pods/displaced-pods.ts'
import { kuredName, type RebootLock, rebootLock } from '../../core/upgrade/run/reboot-lock.ts'
import { type KeptCollections, keepCollections } from '../plan/kept-collections.ts'
import { reflect } from '../plan/plan-caches.ts'
import type { Shell } from '../shell.ts'
import { PodArrivals } from './pod-arrivals.ts'

/** A ClusterUpgrade as it is kept: parsed once, when it changes. */
export interface CachedUpgrade extends CachedObject {
  readonly uid: string
  readonly parsed: ParsedUpgrade
}

/** What is known beside nodes and Plans; filled while there is a ClusterUpgrade. */
export interface UpgradeCaches extends KeptCollections {
  /** Jobs of all runs. */
  readonly jobs: ObjectCache<JobFacts>
  /** Every pod of the cluster. */
  readonly pods: ObjectCache<PodFacts>
  readonly arrivals: PodArrivals
  /** Every DaemonSet of kured. */
  readonly rebootLocks: ObjectCache<RebootLock>
}

export type CachedUpgrades = KeptCollections & { readonly upgrades: ObjectCache<CachedUpgrade> }

/** Names of indexes. */
export const byRun = 'run'
export const byNode = 'node'
export const byJob = 'job'
export const byReadiness = 'ready'
/** `AtWork`: Jobs that have not ended. */
export const byProgress = 'progress'

/** Watches ClusterUpgrades. */
export function watchUpgrades(shell: Shell): CachedUpgrades {
  const upgrades = new ObjectCache<CachedUpgrade>({ trim: cachedUpgrade, log: shell.log })
  const kept = keepCollections(shell, (noting) => [reflect(noting, clusterUpgrades, upgrades, {})])
  return { ...kept, upgrades }
}

/** Watches what runs need: their Jobs, all pods, by which nodes are ordered and displaced pods are found, and who reboots. */
export function startUpgradeCaches(shell: Shell): UpgradeCaches {
  const { log, namespace } = shell
  const own = new ObjectCache<JobFacts>({ trim: (raw) => jobFacts(raw), log })
  const all = new ObjectCache<PodFacts>({ trim: podFacts, log })
  const rebootLocks = new ObjectCache<RebootLock>({ trim: rebootLock, log })
  indexJobs(own)
  all.index(byNode, (pod) => [pod.nodeName])
  all.index(byReadiness, (pod) => (isUnready(pod) ? ['no'] : []))
  all.index(byJob, (pod) => (pod.controller?.kind === 'Job' && pod.labels[runLabel] !== undefined ? [pod.controller.name] : []))
  const kept = keepCollections(shell, (noting) => [
    reflect(noting, jobs, own, { namespace, labelSelector: runLabel }),
    reflect(noting, pods, all, {}),
    reflect(noting, daemonSets, rebootLocks, { fieldSelector: `metadata.name=${kuredName}` }),
  ])
  return { ...kept, jobs: own, pods: all, arrivals: new PodArrivals(all, shell.clock, kept.isKept), rebootLocks }
}

/** Lets Jobs be found by their run, and those that have not ended. */
export function indexJobs(jobs: ObjectCache<JobFacts>): void {
  jobs.index(byRun, (job) => [job.labels[runLabel] ?? ''])
  jobs.index(byProgress, ({ end }) => (end === undefined ? ['AtWork'] : []))
}

function cachedUpgrade(raw: unknown): CachedUpgrade {
  const { metadata = {} } = raw as { metadata?: { name?: string; uid?: string; resourceVersion?: string; managedFields?: unknown } }
  const { resourceVersion = '', managedFields: _, ...rest } = metadata
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    resourceVersion,
    // without the resourceVersion inside, a write that changes nothing is seen to change nothing
    parsed: parseUpgrade({ ...(raw as object), metadata: rest }),
  }
}
