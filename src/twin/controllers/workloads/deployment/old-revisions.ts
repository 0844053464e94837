import type { DeploymentObject, ReplicaSetObject } from '../workload-objects.ts'
import { noLimit } from './deployment-status.ts'
import { byAge, sizeOf } from './replica-set-family.ts'
import { intAnnotation, revisionAnnotation } from './revision-annotations.ts'

/** From then on revisions say which is the older one, before the time. Source: Kubernetes v1.21, ReplicaSetsByRevision. */
const byRevisionSince = 21

/**
 * The old ReplicaSets that are too many for the history, oldest first (by whole seconds, then by name); what still has pods, or has not been
 * looked at, stays.
 */
export function surplusRevisions(
  deployment: DeploymentObject,
  old: readonly ReplicaSetObject[],
  minor: number,
): readonly ReplicaSetObject[] {
  const limit = deployment.spec.revisionHistoryLimit ?? 10
  if (limit === noLimit) return []
  const age = (a: ReplicaSetObject, b: ReplicaSetObject) =>
    minor >= byRevisionSince ? revisionOf(a) - revisionOf(b) || byAge(a, b) : byAge(a, b)
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined).sort(age)
  return alive.slice(0, Math.max(0, alive.length - limit)).filter(isEmpty)
}

function revisionOf(set: ReplicaSetObject): number {
  return intAnnotation(set, revisionAnnotation) ?? 0
}

function isEmpty(set: ReplicaSetObject): boolean {
  const { replicas = 0, observedGeneration = 0 } = set.status ?? {}
  return replicas === 0 && sizeOf(set) === 0 && (set.metadata.generation ?? 0) <= observedGeneration
}
