import { isAlreadyExists, isNotFound } from '../../cluster/api-error.ts'
import { jobs, nodes } from '../../cluster/resource.ts'
import { journalAnnotation } from '../../core/kubernetes/node-facts.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import type { NodePatch, PlanAction } from '../../core/plan/plan-decision.ts'
import type { Shell } from '../shell.ts'
import { withAppliedAnnotation } from './applied-annotation.ts'
import type { PlanCaches } from './plan-caches.ts'

/** Actions that are one write to the API; the others have rooms of their own. */
export type WriteAction = Extract<PlanAction, { kind: 'PatchNode' | 'CreateJob' | 'StartJob' | 'SetDeadline' | 'DeleteJob' }>

/**
 * Carries out one write. The server's answer goes into the cache at once, so that the next decision builds on it. Doing the same again is
 * harmless: a Job that exists already is looked at, one that is gone already is forgotten. Throws `JournalChanged` where the journal of the
 * node is not the one that was `seen` any more.
 */
export async function carryOut(
  shell: Shell,
  caches: PlanCaches,
  action: WriteAction,
  seen: SeenJournal = (node) => caches.nodes.get(node)?.journal,
): Promise<void> {
  const { client, namespace } = shell
  switch (action.kind) {
    case 'PatchNode':
      return patchNode(shell, caches, action, seen)
    case 'CreateJob':
      return createJob(shell, caches, action)
    case 'StartJob':
    case 'SetDeadline': {
      const spec = action.kind === 'StartJob' ? { parallelism: 1 } : { activeDeadlineSeconds: action.seconds }
      caches.jobs.observe(await client.patch(jobs, { namespace, name: action.name }, { type: 'merge', body: { spec } }))
      return
    }
    case 'DeleteJob':
      return deleteJob(shell, caches, action)
  }
}

/** The journal of a node as the decision saw it that is carried out. */
export type SeenJournal = (node: string) => string | undefined

async function patchNode(
  { client }: Shell,
  caches: PlanCaches,
  { node, patch }: Extract<WriteAction, { kind: 'PatchNode' }>,
  seen: SeenJournal,
): Promise<void> {
  const send = async () => {
    caches.nodes.observe(await client.patch(nodes, { name: node }, { type: 'merge', body: nodePatch(patch) }))
  }
  return patch.journal === undefined ? send() : caches.journals.write(node, seen(node), send)
}

function nodePatch({ unschedulable, labels, journal }: NodePatch): object {
  const metadata = {
    ...(labels === undefined ? {} : { labels }),
    ...(journal === undefined ? {} : { annotations: { [journalAnnotation]: journal } }),
  }
  // null removes the field, as kubectl uncordon leaves it
  return { metadata, ...(unschedulable === undefined ? {} : { spec: { unschedulable: unschedulable ? true : null } }) }
}

async function createJob(
  { client, namespace, controllerName }: Shell,
  caches: PlanCaches,
  { job }: Extract<WriteAction, { kind: 'CreateJob' }>,
): Promise<void> {
  const object = withAppliedAnnotation(job) as KubeObject
  try {
    caches.jobs.observe(await client.create(jobs, object))
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    const found = await client.find<KubeObject>(jobs, { namespace, name: object.metadata.name })
    const own = found?.metadata.labels?.['upgrade.cattle.io/controller'] === controllerName
    if (found !== undefined && !own) throw error
    if (found !== undefined) caches.jobs.observe(found)
  }
}

async function deleteJob(
  { client, namespace }: Shell,
  caches: PlanCaches,
  action: Extract<WriteAction, { kind: 'DeleteJob' }>,
): Promise<void> {
  const propagationPolicy = action.waitsForPods === true ? 'Foreground' : 'Background'
  const options = { propagationPolicy, preconditions: { uid: action.uid } } as const
  try {
    await client.delete(jobs, { namespace, name: action.name }, options)
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  const left = action.waitsForPods === true ? await client.find<KubeObject>(jobs, { namespace, name: action.name }) : undefined
  if (left === undefined) caches.jobs.forget(`${namespace}/${action.name}`)
  else caches.jobs.observe(left)
}
