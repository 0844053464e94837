import { scaledValue } from '../int-or-percent.ts'
import type { DeploymentObject } from '../workload-objects.ts'

/** How far a rollout may stray from the number of replicas. */
export interface RolloutLimits {
  readonly maxSurge: number
  readonly maxUnavailable: number
}

export function isRollingUpdate(deployment: DeploymentObject): boolean {
  return deployment.spec.strategy?.type !== 'Recreate'
}

/** Pods that a Deployment wants; 1 when it does not say. */
export function wantedReplicas(deployment: DeploymentObject): number {
  return deployment.spec.replicas ?? 1
}

/**
 * Surge is rounded up, unavailability down; when both come to nothing, one pod may be unavailable, or the rollout could not begin.
 * Without a rolling update both are 0. Source: Kubernetes, deployment ResolveFenceposts.
 */
export function rolloutLimits(deployment: DeploymentObject): RolloutLimits {
  if (!isRollingUpdate(deployment)) return { maxSurge: 0, maxUnavailable: 0 }
  const replicas = wantedReplicas(deployment)
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {}
  const surge = scaledValue(maxSurge, replicas, 'Up')
  const unavailable = scaledValue(maxUnavailable, replicas, 'Down')
  const atLeast = surge === 0 && unavailable === 0 ? 1 : unavailable
  return { maxSurge: surge, maxUnavailable: Math.min(atLeast, replicas) }
}
