import type { KubeObject } from '../../../kube-object.ts'
import type { DeploymentObject, ReplicaSetObject } from '../workload-objects.ts'
import { rolloutLimits, wantedReplicas } from './rollout-limits.ts'

export const revisionAnnotation = 'deployment.kubernetes.io/revision'
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas'
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas'
const historyAnnotation = 'deployment.kubernetes.io/revision-history'

/** Not handed on from a Deployment to its ReplicaSets. */
const own = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
])

/** Characters that the list of former revisions may have; the oldest go. */
const historyLimit = 2000

type Annotations = Readonly<Record<string, string>>

/** An annotation that is a whole number; `undefined` when it is missing or none. */
export function intAnnotation(object: KubeObject, key: string): number | undefined {
  const text = object.metadata.annotations?.[key]
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined
}

/** The highest revision of the old ReplicaSets; 0 when none has one. */
export function highestRevision(sets: readonly ReplicaSetObject[]): number {
  return sets.reduce((highest, set) => Math.max(highest, intAnnotation(set, revisionAnnotation) ?? 0), 0)
}

/**
 * What the ReplicaSet of the present template is annotated with: the Deployment's annotations and its revision, which is never lowered. Its
 * former revision is remembered when somebody rolls back to it. Source: Kubernetes, deployment SetNewReplicaSetAnnotations.
 */
export function currentAnnotations(deployment: DeploymentObject, set: ReplicaSetObject | undefined, revision: number): Annotations {
  const before = set?.metadata.annotations ?? {}
  const inherited = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !own.has(key))
  const next = { ...before, ...Object.fromEntries(inherited) }
  const former = before[revisionAnnotation]
  if (former !== undefined && !/^\d+$/.test(former)) return next
  if (Number(former ?? 0) >= revision) return next
  const history = former === undefined ? before[historyAnnotation] : withRevision(before[historyAnnotation], former)
  return { ...next, [revisionAnnotation]: String(revision), ...(history === undefined ? {} : { [historyAnnotation]: history }) }
}

function withRevision(history: string | undefined, former: string): string {
  const revisions = (history ?? '') === '' ? [] : (history ?? '').split(',')
  while (revisions.length > 0 && [...revisions, former].join(',').length > historyLimit) revisions.shift()
  return [...revisions, former].join(',')
}

/** From what size of the Deployment a ReplicaSet got its own: by this the next change of size is noticed and shared out. */
export function sizeAnnotations(deployment: DeploymentObject): Annotations {
  const wanted = wantedReplicas(deployment)
  return { [desiredAnnotation]: String(wanted), [maxAnnotation]: String(wanted + rolloutLimits(deployment).maxSurge) }
}
