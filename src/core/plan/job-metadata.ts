import type { Job } from 'kubernetes-types/batch/v1.js'
import type { ObjectMeta, OwnerReference } from 'kubernetes-types/meta/v1.js'
import { templateAnnotation } from '../kubernetes/job-facts.ts'
import type { StringMap } from '../kubernetes/object-meta.ts'
import { drainStatusAnnotation } from './drain-status.ts'
import { jobTtlSeconds } from './job-deadline.ts'
import type { JobInput } from './job-input.ts'
import { jobName, shortenName } from './job-name.ts'
import { objectSetMarks } from './object-set.ts'
import type { Plan } from './plan.ts'
import { planLabel } from './plan-label.ts'
import { templateDigest } from './template-digest.ts'

/** On a Job: the full name of a node whose name is too long for a label. */
export const nodeAnnotation = 'falkirk.dev/node'

/** On a Job: which try this is, from 2 on. */
const attemptAnnotation = 'falkirk.dev/attempt'

/** Keys that mean something on a Job or pod of Falkirk's: a Plan cannot hand them down. */
const reservedKeys = new Set([templateAnnotation, nodeAnnotation, attemptAnnotation, drainStatusAnnotation, 'falkirk.dev/stage'])

/**
 * The metadata of a Job: those of its pods, and the marks by which Falkirk, or a system-upgrade-controller in its place, knows the Job again.
 * Source: system-upgrade-controller v0.20; keys of `falkirk.dev` are Falkirk's own.
 */
export function jobMetadata(input: JobInput, spec: NonNullable<Job['spec']>): ObjectMeta {
  const { plan, node, controllerName } = input
  const { name: planName, namespace } = plan.metadata
  const marks = objectSetMarks({ controllerName, planName, namespace })
  return {
    name: jobName({ planName, nodeName: node.name, hash: input.latestHash, distinct: input.sharesFirstLabel }),
    namespace,
    labels: { ...podLabels(input), ...marks.labels },
    annotations: {
      ...podAnnotations(plan),
      'upgrade.cattle.io/ttl-seconds-after-finished': String(jobTtlSeconds(plan.spec, input.settings)),
      ...marks.annotations,
      ...(node.name.length > 63 ? { [nodeAnnotation]: node.name } : {}),
      ...(input.attempt > 1 ? { [attemptAnnotation]: String(input.attempt) } : {}),
      [templateAnnotation]: templateDigest({ spec }),
    },
    ownerReferences: [ownerReference(plan)],
  }
}

function ownerReference({ metadata: { name, uid } }: Plan): OwnerReference {
  return { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', name, uid, controller: true, blockOwnerDeletion: false }
}

/** The labels that a Job and its pods have in common. A node name that is too long for a label is shortened. */
export function podLabels({ plan, latestVersion, latestHash, node, controllerName }: JobInput): Record<string, string> {
  return {
    ...handedDown(plan.metadata.labels, (key) => !key.includes('cattle.io/')),
    'upgrade.cattle.io/controller': controllerName,
    'upgrade.cattle.io/exclusive': String(plan.spec.exclusive === true),
    'upgrade.cattle.io/node': shortenName(node.name),
    'upgrade.cattle.io/plan': plan.metadata.name,
    'upgrade.cattle.io/version': latestVersion,
    [planLabel(plan.metadata.name)]: latestHash,
  }
}

/** The annotations that a Job and its pods have in common: those of the Plan, but not what controllers and kubectl keep there. */
export function podAnnotations(plan: Plan): Record<string, string> {
  return handedDown(plan.metadata.annotations, (key) => !key.includes('cattle.io/') && !key.includes('kubectl.kubernetes.io/'))
}

function handedDown(map: StringMap | undefined, isWanted: (key: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => isWanted(key) && !reservedKeys.has(key)))
}
