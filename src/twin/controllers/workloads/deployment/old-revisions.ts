import type { DeploymentObject, ReplicaSetObject } from '../workload-objects.ts'
import { noLimit } from './deployment-status.ts'
import { sizeOf } from './replica-set-family.ts'

/** The old ReplicaSets that are too many for the history, oldest first; what still has pods, or has not been looked at, stays. */
export function surplusRevisions(deployment: DeploymentObject, old: readonly ReplicaSetObject[]): readonly ReplicaSetObject[] {
  const limit = deployment.spec.revisionHistoryLimit ?? 10
  if (limit === noLimit) return []
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  return alive.slice(0, Math.max(0, alive.length - limit)).filter(isEmpty)
}

function isEmpty(set: ReplicaSetObject): boolean {
  const { replicas = 0, observedGeneration = 0 } = set.status ?? {}
  return replicas === 0 && sizeOf(set) === 0 && (set.metadata.generation ?? 0) <= observedGeneration
}
