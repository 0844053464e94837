import { type CachedObject, ObjectCache } from '../../cluster/object-cache.ts'
import { type Reflector, startReflector } from '../../cluster/reflector.ts'
import type { ReflectorOptions } from '../../cluster/reflector-options.ts'
import { jobs, nodes, plans, pods, type Resource, resourcePath, secrets } from '../../cluster/resource.ts'
import { type JobFacts, jobFacts } from '../../core/kubernetes/job-facts.ts'
import { type NodeFacts, nodeFacts } from '../../core/kubernetes/node-facts.ts'
import { type PodFacts, podFacts } from '../../core/kubernetes/pod-facts.ts'
import { type ParsedPlan, parsePlan } from '../../core/plan/plan.ts'
import { secretHash } from '../../core/plan/secret-hash.ts'
import { softTaintRun } from '../../core/upgrade/pods/soft-taint.ts'
import type { Shell } from '../shell.ts'
import { decodeApplied } from './applied-annotation.ts'
import { JournalWrites } from './journal-writes.ts'
import { keepCollections } from './kept-collections.ts'
import { PlansBeginning } from './plans-beginning.ts'
import { SortedNodes } from './sorted-nodes.ts'
import { UpgradeAtWork } from './upgrade-at-work.ts'

/** A Plan as it is kept: parsed once, when it changes. */
export interface CachedPlan extends CachedObject {
  readonly parsed: ParsedPlan
}

/** What an event about a Plan names it by, whether it could be read or not. */
export function identityOf({ parsed }: CachedPlan): { readonly name: string; readonly namespace: string; readonly uid: string } {
  const { name, namespace, uid } = parsed.kind === 'Plan' ? parsed.plan.metadata : parsed
  return { name, namespace, uid }
}

/** A Secret as it is kept: what stands in it is not. */
export interface CachedSecret extends CachedObject {
  readonly hash: string
}

/** All that is known of the cluster, kept by one watch a kind. */
export interface PlanCaches {
  readonly plans: ObjectCache<CachedPlan>
  readonly nodes: ObjectCache<NodeFacts>
  /** The nodes in the order of their names. */
  readonly sortedNodes: () => readonly NodeFacts[]
  /** Through which the journals of nodes are written. */
  readonly journals: JournalWrites
  readonly jobs: ObjectCache<JobFacts>
  readonly secrets: ObjectCache<CachedSecret>
  readonly pods: ObjectCache<PodFacts>
  /** The ClusterUpgrade that Plans wait for. */
  readonly upgradeAtWork: UpgradeAtWork
  /** What ClusterUpgrades wait for, beside what the caches know. */
  readonly plansBeginning: PlansBeginning
  /** Resolves when all have been filled and are kept up to date. Pods are not waited for: a Plan works without seeing them. */
  readonly synced: Promise<void>
  isSynced(): boolean
  /** Whether pods are seen as they are: with the right to list and none to watch they would soon be those of the past. */
  seesPods(): boolean
  /** Epoch milliseconds of the oldest proof that a cache is fresh; 0 while one of them may not be watched. */
  freshSinceMs(): number
  stop(): Promise<void>
}

/** Names of indexes. */
export const byPlan = 'plan'
export const byJob = 'job'
export const withJournal = 'journal'
export const withRun = 'run'
/** By UID of the run whose soft taint a node bears. */
export const bySoftTaint = 'softTaint'

/** Starts to watch what Plans need: nodes of the whole cluster, everything else in the controller's own namespace. */
export function startPlanCaches(shell: Shell): PlanCaches {
  const { log, namespace, controllerName } = shell
  const own = `upgrade.cattle.io/controller=${controllerName}`
  const caches = {
    plans: new ObjectCache<CachedPlan>({ trim: cachedPlan, log }),
    nodes: new ObjectCache<NodeFacts>({ trim: nodeFacts, log }),
    jobs: new ObjectCache<JobFacts>({ trim: (raw) => jobFacts(raw, decodeApplied), log }),
    secrets: new ObjectCache<CachedSecret>({ trim: cachedSecret, log }),
    pods: new ObjectCache<PodFacts>({ trim: podFacts, log }),
  }
  caches.jobs.index(byPlan, (job) => [job.labels['upgrade.cattle.io/plan'] ?? ''])
  caches.pods.index(byJob, (pod) => [pod.controller?.kind === 'Job' ? pod.controller.name : ''])
  caches.nodes.index(withJournal, (node) => (node.journal === undefined ? [] : ['yes']))
  caches.nodes.index(withRun, (node) => (node.run === undefined ? [] : ['yes']))
  caches.nodes.index(bySoftTaint, softTaintRun)
  const sorted = new SortedNodes(caches.nodes)
  const needed = keepCollections(shell, (noting) => [
    reflect(noting, plans, caches.plans, { namespace }),
    reflect(noting, nodes, caches.nodes, {}),
    reflect(noting, jobs, caches.jobs, { namespace, labelSelector: own }),
    reflect(noting, secrets, caches.secrets, { namespace }),
  ])
  const seen = keepCollections(shell, (noting) => [reflect(noting, pods, caches.pods, { namespace, labelSelector: own })])
  return {
    ...caches,
    sortedNodes: () => sorted.get(),
    journals: new JournalWrites(caches.nodes),
    upgradeAtWork: new UpgradeAtWork(),
    plansBeginning: new PlansBeginning(),
    synced: needed.synced,
    isSynced: needed.isKept,
    seesPods: seen.isKept,
    freshSinceMs: needed.freshSinceMs,
    stop: async () => {
      await Promise.all([needed.stop(), seen.stop()])
    },
  }
}

/** One watch of a collection, with what all watches of this controller share. */
export function reflect<T extends CachedObject>(
  { client, clock, random, log, onReflectorProblem }: Shell,
  resource: Resource,
  cache: ObjectCache<T>,
  where: { namespace?: string } & Pick<ReflectorOptions<T>, 'labelSelector' | 'fieldSelector'>,
): Reflector {
  const { namespace, ...selectors } = where
  return startReflector({
    transport: client.transport,
    path: resourcePath(resource, namespace === undefined ? {} : { namespace }),
    ...selectors,
    cache,
    clock,
    random,
    log,
    bookmarks: client.capabilities.watchBookmarks,
    onProblem: (problem) => onReflectorProblem(resource.plural, problem),
  })
}

function cachedPlan(raw: unknown): CachedPlan {
  const { metadata = {} } = raw as { metadata?: { name?: string; namespace?: string; resourceVersion?: string; managedFields?: unknown } }
  const { resourceVersion = '', managedFields: _, ...rest } = metadata
  return {
    name: metadata.name ?? '',
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    resourceVersion,
    // without the resourceVersion inside, a write that changes nothing is seen to change nothing
    parsed: parsePlan({ ...(raw as object), metadata: rest }),
  }
}

function cachedSecret(raw: unknown): CachedSecret {
  const secret = raw as {
    metadata: { name: string; namespace: string; resourceVersion: string }
    type?: string
    data?: Record<string, string>
    immutable?: boolean
  }
  return {
    name: secret.metadata.name,
    namespace: secret.metadata.namespace,
    resourceVersion: secret.metadata.resourceVersion,
    hash: secretHash({
      name: secret.metadata.name,
      type: secret.type ?? '',
      ...(secret.data === undefined ? {} : { data: secret.data }),
      ...(secret.immutable === undefined ? {} : { immutable: secret.immutable }),
    }),
  }
}
