import { isFinished } from '../pod-state.ts'
import type { DeploymentObject, PodObject } from '../workload-objects.ts'
import { isScaledUp, type ReplicaSetFamily, sizeOf, sum } from './replica-set-family.ts'
import type { Scaling } from './rolling-update.ts'
import { wantedReplicas } from './rollout-limits.ts'

/** What a Deployment of strategy Recreate does next. */
export type RecreateStep =
  | { readonly kind: 'Scale'; readonly scalings: readonly Scaling[] }
  /** Old pods still run. */
  | { readonly kind: 'Wait' }
  | { readonly kind: 'CreateReplicaSet' }
  | { readonly kind: 'Rest' }

/**
 * All old pods down, then, when the last of them has ended, the new ones up. `oldPods` are the pods of the old ReplicaSets, also those that are
 * being deleted. Source: Kubernetes, deployment controller rolloutRecreate.
 */
export function decideRecreate(deployment: DeploymentObject, family: ReplicaSetFamily, oldPods: readonly PodObject[]): RecreateStep {
  const { current, old } = family
  const up = old.filter(isScaledUp)
  if (up.length > 0) return { kind: 'Scale', scalings: up.map((set) => ({ set, to: 0 })) }
  if (sum(old, ({ status }) => status?.replicas) > 0 || !oldPods.every(isFinished)) return { kind: 'Wait' }
  if (current === undefined) return { kind: 'CreateReplicaSet' }
  const to = wantedReplicas(deployment)
  return sizeOf(current) === to ? { kind: 'Rest' } : { kind: 'Scale', scalings: [{ set: current, to }] }
}
