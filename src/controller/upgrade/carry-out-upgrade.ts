import { isAlreadyExists, isNotFound } from '../../cluster/api-error.ts'
import { jobs, nodes } from '../../cluster/resource.ts'
import { osAnnotation, runAnnotation } from '../../core/kubernetes/node-facts.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import { runLabel } from '../../core/kubernetes/run-label.ts'
import type { RunPatch, UpgradeAction } from '../../core/upgrade/upgrade-decision.ts'
import type { PlanCaches } from '../plan/plan-caches.ts'
import type { Shell } from '../shell.ts'
import type { UpgradeCaches } from './upgrade-caches.ts'

type WriteAction = Extract<UpgradeAction, { kind: 'PatchNode' | 'CreateJob' | 'DeleteJob' }>

/**
 * Carries out one write. The server's answer goes into the cache at once, so that the next decision builds on it. Doing the same again is
 * harmless: a Job that exists already is looked at, one that is gone already is forgotten.
 */
export async function carryOutUpgrade(
  { client, namespace }: Shell,
  plans: PlanCaches,
  caches: UpgradeCaches,
  action: WriteAction,
): Promise<void> {
  switch (action.kind) {
    case 'PatchNode': {
      // over the version that the decision saw: what somebody else did meanwhile is decided on first
      const resourceVersion = plans.nodes.get(action.node)?.resourceVersion
      const body = nodePatch(action.patch, resourceVersion)
      plans.nodes.observe(await client.patch(nodes, { name: action.node }, { type: 'merge', body }))
      return
    }
    case 'CreateJob': {
      const object = action.job as KubeObject
      try {
        caches.jobs.observe(await client.create(jobs, object))
      } catch (error) {
        if (!isAlreadyExists(error)) throw error
        const found = await client.find<KubeObject>(jobs, { namespace, name: object.metadata.name })
        if (found !== undefined && found.metadata.labels?.[runLabel] !== object.metadata.labels?.[runLabel]) throw error
        if (found !== undefined) caches.jobs.observe(found)
      }
      return
    }
    case 'DeleteJob': {
      const options = { propagationPolicy: 'Background', preconditions: { uid: action.uid } } as const
      await client.delete(jobs, { namespace, name: action.name }, options).catch((error: unknown) => {
        if (!isNotFound(error)) throw error
      })
      caches.jobs.forget(`${namespace}/${action.name}`)
      return
    }
  }
}

function nodePatch({ entry, labels, unschedulable, taints, osNote }: RunPatch, resourceVersion: string | undefined): object {
  return {
    metadata: {
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(entry === undefined && osNote === undefined ? {} : { annotations: annotationPatch({ entry, osNote }) }),
      ...(labels === undefined ? {} : { labels }),
    },
    ...(unschedulable === undefined && taints === undefined ? {} : { spec: nodeSpecPatch({ unschedulable, taints }) }),
  }
}

function annotationPatch({ entry, osNote }: { readonly [field in 'entry' | 'osNote']: RunPatch[field] | undefined }): object {
  return {
    ...(entry === undefined ? {} : { [runAnnotation]: entry === null ? null : JSON.stringify(entry) }),
    ...(osNote === undefined ? {} : { [osAnnotation]: osNote }),
  }
}

/** Null removes a field, as kubectl uncordon and kubectl taint leave it. */
function nodeSpecPatch({ unschedulable, taints }: { readonly [field in 'unschedulable' | 'taints']: RunPatch[field] | undefined }): object {
  return {
    ...(unschedulable === undefined ? {} : { unschedulable: unschedulable ? true : null }),
    ...(taints === undefined ? {} : { taints: taints.length === 0 ? null : taints }),
  }
}
