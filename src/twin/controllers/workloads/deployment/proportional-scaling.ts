import type { DeploymentObject, ReplicaSetObject } from '../workload-objects.ts'
import { byAge, isScaledUp, membersOf, type ReplicaSetFamily, sizeOf, sum } from './replica-set-family.ts'
import { desiredAnnotation, intAnnotation, maxAnnotation } from './revision-annotations.ts'
import type { Scaling } from './rolling-update.ts'
import { isRollingUpdate, rolloutLimits, wantedReplicas } from './rollout-limits.ts'

/** Whether somebody has changed the number of replicas since the ReplicaSets were last given theirs. */
export function isScalingEvent(deployment: DeploymentObject, family: ReplicaSetFamily): boolean {
  return membersOf(family)
    .filter(isScaledUp)
    .some((set) => {
      const desired = intAnnotation(set, desiredAnnotation)
      return desired !== undefined && desired !== wantedReplicas(deployment)
    })
}

/**
 * How the ReplicaSets follow a new number of replicas while a rollout stands still or is under way: the only one that is scaled up follows alone,
 * several share the difference in proportion to their sizes, so that scaling does not hasten the rollout.
 * Source: Kubernetes documentation, Deployments, Proportional scaling.
 */
export function decideScaling(deployment: DeploymentObject, family: ReplicaSetFamily): readonly Scaling[] {
  const members = membersOf(family)
  const active = members.filter(isScaledUp)
  const wanted = wantedReplicas(deployment)
  if (active.length <= 1) {
    const only = active[0] ?? family.current ?? family.old.at(-1)
    return only === undefined || sizeOf(only) === wanted ? [] : [{ set: only, to: wanted }]
  }
  if (isSaturated(deployment, family.current)) return family.old.filter(isScaledUp).map((set) => ({ set, to: 0 }))
  return isRollingUpdate(deployment) ? inProportion(deployment, active) : []
}

function isSaturated(deployment: DeploymentObject, current: ReplicaSetObject | undefined): boolean {
  const wanted = wantedReplicas(deployment)
  return (
    current !== undefined &&
    sizeOf(current) === wanted &&
    intAnnotation(current, desiredAnnotation) === wanted &&
    (current.status?.availableReplicas ?? 0) === wanted
  )
}

function inProportion(deployment: DeploymentObject, active: readonly ReplicaSetObject[]): readonly Scaling[] {
  const wanted = wantedReplicas(deployment)
  const allowed = wanted > 0 ? wanted + rolloutLimits(deployment).maxSurge : 0
  const toAdd = allowed - sum(active, sizeOf)
  const ordered = [...active].sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)))
  let added = 0
  const sizes = ordered.map((set) => {
    const share = toAdd === added ? 0 : shareOf(deployment, set, { toAdd, left: toAdd - added })
    added += share
    return { set, to: sizeOf(set) + share }
  })
  // the largest takes what is left over
  return sizes.map(({ set, to }, at) => ({ set, to: at === 0 ? Math.max(0, to + toAdd - added) : to }))
}

function shareOf(deployment: DeploymentObject, set: ReplicaSetObject, add: { readonly toAdd: number; readonly left: number }): number {
  const fraction = fractionOf(deployment, set)
  return add.toAdd > 0 ? Math.min(fraction, add.left) : Math.max(fraction, add.left)
}

function fractionOf(deployment: DeploymentObject, set: ReplicaSetObject): number {
  const size = sizeOf(set)
  const wanted = wantedReplicas(deployment)
  if (wanted === 0) return -size
  const before = intAnnotation(set, maxAnnotation) ?? deployment.status?.replicas ?? 0
  if (before === 0) return 0
  return roundHalfAway((size * (wanted + rolloutLimits(deployment).maxSurge)) / before) - size
}

function roundHalfAway(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value)
}
