import type { ApiClient } from '../../cluster/api-client.ts'
import { isForbidden, isNotFound } from '../../cluster/api-error.ts'
import { listAll } from '../../cluster/list-all.ts'
import {
  clusterUpgrades,
  jobs,
  namespaces,
  nodes,
  persistentVolumes,
  pods,
  type Resource,
  volumeAttachments,
} from '../../cluster/resource.ts'
import { type BudgetFacts, budgetFacts } from '../../core/drain/disruption-budget.ts'
import { type NamespaceLabels, needsNamespaces } from '../../core/drain/drain-rule.ts'
import { attachmentFacts, volumeClaim } from '../../core/drain/volume-attachment.ts'
import type { AttachedVolumes } from '../../core/drain/volumes-left.ts'
import { type JobFacts, jobFacts } from '../../core/kubernetes/job-facts.ts'
import { type NodeFacts, nodeFacts } from '../../core/kubernetes/node-facts.ts'
import type { StringMap } from '../../core/kubernetes/object-meta.ts'
import { type PodFacts, podFacts } from '../../core/kubernetes/pod-facts.ts'
import { runLabel } from '../../core/kubernetes/run-label.ts'
import { parseJournal } from '../../core/plan/journal.ts'
import { type ClusterUpgrade, parseUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import type { ClusterFacts } from '../../core/upgrade/foresee/plan-upgrade.ts'
import { otherUpgrade } from '../../core/upgrade/run/other-upgrade.ts'
import type { OtherUpgrade, UpgradeFacts } from '../../core/upgrade/upgrade-facts.ts'

/** Asks a cluster once for all that is decided on; writes nothing. Nodes have to be readable, what else may not be read is left out. */
export async function readClusterFacts(
  client: ApiClient,
  upgrade: ClusterUpgrade,
  { namespace, releases }: Pick<UpgradeFacts, 'namespace' | 'releases'>,
): Promise<ClusterFacts> {
  const [allNodes, allPods, ownJobs, runs, budgets] = await Promise.all([
    list(client, nodes, nodeFacts),
    readable(list(client, pods, podFacts)),
    readable(list(client, jobs, (raw) => jobFacts(raw), { namespace, labelSelector: runLabel })),
    readable(list(client, clusterUpgrades, (raw) => otherUpgrade(parseUpgrade(raw)))),
    readable(list(client, budgetResource(client), (raw) => budgetFacts(raw, client.capabilities.policyVersion))),
  ])
  const volumes = await readable(attachedVolumes(client))
  const labels = needsNamespaces(upgrade.spec.drain?.rules ?? []) ? await readable(namespaceLabels(client)) : undefined
  const facts: UpgradeFacts = {
    upgrade,
    ...(labels === undefined ? {} : { namespaces: labels }),
    ...(volumes === undefined ? {} : { volumes }),
    nodes: allNodes,
    jobs: ownJobs ?? [],
    ...(allPods === undefined ? {} : { podsByNode: grouped(allPods, (pod) => pod.nodeName) }),
    podsByJob: grouped(allPods ?? [], (pod) => (pod.controller?.kind === 'Job' ? pod.controller.name : '')),
    apiServer: client.capabilities.gitVersion,
    releases,
    factsAgeMs: 0,
    failures: new Map(),
    drains: new Map(),
    drainProblems: new Map(),
    refusals: new Map(),
    others: (runs ?? []).filter(({ uid }) => uid !== upgrade.metadata.uid),
    plansAtWork: plansAtWork(allNodes),
    // only the controller knows it, and says so where it does not
    controllerImage: { kind: 'Image', image: 'falkirk' },
    // neither is this known beforehand
    reachesHosts: true,
    namespace,
  }
  return budgets === undefined ? { facts } : { facts, budgets }
}

async function list<T extends NodeFacts | PodFacts | JobFacts | BudgetFacts | OtherUpgrade>(
  client: ApiClient,
  resource: Resource,
  trim: (raw: unknown) => T,
  where: { readonly namespace?: string; readonly labelSelector?: string } = {},
): Promise<readonly T[]> {
  const items: T[] = []
  await client.list(resource, {
    ...where,
    trim: (raw) => {
      items.push(trim(raw))
      return raw as never
    },
  })
  return items
}

async function namespaceLabels({ transport }: ApiClient): Promise<NamespaceLabels> {
  const trim = (raw: unknown) => (raw as { metadata: { name: string; labels?: StringMap } }).metadata
  const { items } = await listAll(transport, namespaces, { trim })
  return new Map(items.map(({ name, labels = {} }) => [name, labels] as const))
}

/** Volumes are asked for where some are attached. */
async function attachedVolumes({ transport }: ApiClient): Promise<AttachedVolumes> {
  const { items: attachments } = await listAll(transport, volumeAttachments, { trim: attachmentFacts })
  const trim = (raw: unknown) => [(raw as { metadata: { name: string } }).metadata.name, volumeClaim(raw)] as const
  const claims = attachments.length === 0 ? [] : ((await readable(listAll(transport, persistentVolumes, { trim })))?.items ?? [])
  return { attachments: grouped(attachments, ({ nodeName }) => nodeName), claims: new Map(claims) }
}

/** What may not be read, or is not there, is not known. */
async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  return await reading.catch((error: unknown) => {
    if (isForbidden(error) || isNotFound(error)) return undefined
    throw error
  })
}

function budgetResource({ capabilities }: ApiClient): Resource {
  return {
    group: 'policy',
    version: capabilities.policyVersion,
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    namespaced: true,
  }
}

function grouped<T>(items: readonly T[], key: (item: T) => string): { get(key: string): readonly T[] } {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return { get: (name) => groups.get(name) ?? [] }
}

/** Plans whose work on a node has not ended. */
function plansAtWork(all: readonly NodeFacts[]): readonly string[] {
  const entries = all.flatMap(({ journal }) => {
    const read = parseJournal(journal)
    return read.kind === 'Journal' ? read.entries : []
  })
  return [...new Set(entries.filter(({ step }) => step !== 'Failed').map(({ plan }) => plan))]
}
