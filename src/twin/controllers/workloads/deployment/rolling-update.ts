import type { DeploymentObject, ReplicaSetObject } from '../workload-objects.ts'
import { isScaledUp, membersOf, type ReplicaSetFamily, sizeOf, sum } from './replica-set-family.ts'
import { isRollingUpdate, rolloutLimits, wantedReplicas } from './rollout-limits.ts'

/** A ReplicaSet that gets another size. */
export interface Scaling {
  readonly set: ReplicaSetObject
  readonly to: number
}

/** The size of a Deployment's new ReplicaSet beside those that are there: as many as the surge leaves room for. */
export function newReplicaSetSize(deployment: DeploymentObject, others: readonly ReplicaSetObject[], size: number): number {
  const wanted = wantedReplicas(deployment)
  if (!isRollingUpdate(deployment)) return wanted
  const room = wanted + rolloutLimits(deployment).maxSurge - sum(others, sizeOf) - size
  return room <= 0 ? size : size + Math.min(room, wanted - size)
}

/**
 * The next step of a rolling update: first the new ReplicaSet up, or down when it is too big; when that is as it should be, the old ones down,
 * pods that are not available before others. Empty when there is nothing to do, or when it must wait for pods.
 * Source: Kubernetes, deployment controller rolloutRolling.
 */
export function decideRollingUpdate(deployment: DeploymentObject, family: ReplicaSetFamily): readonly Scaling[] {
  const { current, old } = family
  if (current === undefined) return []
  const wanted = wantedReplicas(deployment)
  const size = sizeOf(current)
  const to = size > wanted ? wanted : newReplicaSetSize(deployment, old, size)
  if (size !== to) return [{ set: current, to }]
  return scaleDownOld(deployment, family)
}

function scaleDownOld(deployment: DeploymentObject, family: ReplicaSetFamily): readonly Scaling[] {
  const old = family.old.filter(isScaledUp)
  const { current } = family
  if (old.length === 0 || current === undefined) return []
  const members = membersOf(family)
  const minAvailable = wantedReplicas(deployment) - rolloutLimits(deployment).maxUnavailable
  const unavailableNew = sizeOf(current) - available(current)
  const most = sum(members, sizeOf) - minAvailable - unavailableNew
  if (most <= 0) return []
  const sizes = new Map(old.map((set) => [set, sizeOf(set)]))
  takeUnavailable(sizes, most)
  takeAvailable(sizes, sum(members, available) - minAvailable)
  return old.flatMap((set) => {
    const to = sizes.get(set) ?? 0
    return to === sizeOf(set) ? [] : [{ set, to }]
  })
}

type Sizes = Map<ReplicaSetObject, number>

/** Pods that do not serve are in the way only. */
function takeUnavailable(sizes: Sizes, most: number): void {
  let left = most
  for (const [set, size] of sizes) {
    const taken = Math.max(0, Math.min(left, size - available(set)))
    sizes.set(set, size - taken)
    left -= taken
  }
}

function takeAvailable(sizes: Sizes, most: number): void {
  let left = Math.max(0, most)
  for (const [set, size] of sizes) {
    const taken = Math.min(left, size)
    sizes.set(set, size - taken)
    left -= taken
  }
}

function available(set: ReplicaSetObject): number {
  return set.status?.availableReplicas ?? 0
}
