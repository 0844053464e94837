import type { DeploymentCondition, DeploymentStatus } from 'kubernetes-types/apps/v1.js'
import { epochMs } from '../../../../core/kubernetes/epoch-ms.ts'
import type { DeploymentObject } from '../workload-objects.ts'
import { type ConditionNews, findCondition, withCondition, withoutCondition, withUpdatedCondition } from './deployment-condition.ts'
import { membersOf, type ReplicaSetFamily, sizeOf, sum } from './replica-set-family.ts'
import { rolloutLimits, wantedReplicas } from './rollout-limits.ts'

/** The largest int32: as a deadline or a limit it says that there is none. */
export const noLimit = 2 ** 31 - 1

export function hasProgressDeadline(deployment: DeploymentObject): boolean {
  const { progressDeadlineSeconds } = deployment.spec
  return progressDeadlineSeconds !== undefined && progressDeadlineSeconds !== noLimit
}

/** All replicas are new and available and no old one is left. Source: Kubernetes, deployment DeploymentComplete. */
export function isComplete(deployment: DeploymentObject, status: DeploymentStatus | undefined): boolean {
  const wanted = wantedReplicas(deployment)
  return (
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

/** Counts, and the condition Available; the other conditions as they were. Source: Kubernetes, deployment calculateStatus. */
export function countedStatus(deployment: DeploymentObject, family: ReplicaSetFamily, nowMs: number): DeploymentStatus {
  const members = membersOf(family)
  const available = sum(members, ({ status }) => status?.availableReplicas)
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum(members, ({ status }) => status?.replicas),
    updatedReplicas: family.current?.status?.replicas ?? 0,
    readyReplicas: sum(members, ({ status }) => status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(members, sizeOf) - available),
  }
  const enough = available >= wantedReplicas(deployment) - rolloutLimits(deployment).maxUnavailable
  const conditions = withCondition(deployment.status?.conditions ?? [], enough ? availableNews : unavailableNews, nowMs)
  return { ...deployment.status, ...counts, conditions: [...conditions] }
}

const availableNews: ConditionNews = {
  type: 'Available',
  status: 'True',
  reason: 'MinimumReplicasAvailable',
  message: 'Deployment has minimum availability.',
}

const unavailableNews: ConditionNews = {
  type: 'Available',
  status: 'False',
  reason: 'MinimumReplicasUnavailable',
  message: 'Deployment does not have minimum availability.',
}

/** The status in a rollout: also whether it gets on, and what its ReplicaSets fail at. Source: Kubernetes, deployment syncRolloutStatus. */
export function rolloutStatus(deployment: DeploymentObject, family: ReplicaSetFamily, nowMs: number): DeploymentStatus {
  const counted = countedStatus(deployment, family, nowMs)
  const progressing = progressConditions(deployment, family, { counted, nowMs })
  const failure = replicaFailure(family)
  const conditions = failure === undefined ? withoutCondition(progressing, 'ReplicaFailure') : withCondition(progressing, failure, nowMs)
  return { ...counted, conditions: [...conditions] }
}

interface Counted {
  readonly counted: DeploymentStatus
  readonly nowMs: number
}

function progressConditions(
  deployment: DeploymentObject,
  family: ReplicaSetFamily,
  { counted, nowMs }: Counted,
): readonly DeploymentCondition[] {
  const conditions = counted.conditions ?? []
  if (!hasProgressDeadline(deployment)) return withoutCondition(conditions, 'Progressing')
  const current = findCondition(deployment.status, 'Progressing')
  if (counted.replicas === counted.updatedReplicas && current?.reason === 'NewReplicaSetAvailable') return conditions
  const { name } = (family.current ?? deployment).metadata
  const subject = `${family.current === undefined ? 'Deployment' : 'ReplicaSet'} ${JSON.stringify(name)}`
  if (isComplete(deployment, counted)) {
    return withCondition(conditions, progress('True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`), nowMs)
  }
  if (hasProgressed(deployment.status, counted)) {
    return withUpdatedCondition(conditions, progress('True', 'ReplicaSetUpdated', `${subject} is progressing.`), nowMs)
  }
  if (isTimedOut(deployment, current, nowMs)) {
    return withCondition(conditions, progress('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`), nowMs)
  }
  return conditions
}

/** Something about the rollout's getting on, for the condition Progressing. */
export function progress(status: ConditionNews['status'], reason: string, message: string): ConditionNews {
  return { type: 'Progressing', status, reason, message }
}

/** More new pods, fewer old ones, more ready or more available. */
function hasProgressed(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const oldPods = (status: DeploymentStatus | undefined) => (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    oldPods(after) < oldPods(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  )
}

function isTimedOut(deployment: DeploymentObject, current: DeploymentCondition | undefined, nowMs: number): boolean {
  if (current === undefined || current.reason === 'NewReplicaSetAvailable') return false
  if (current.reason === 'ProgressDeadlineExceeded') return true
  const updatedMs = epochMs(current.lastUpdateTime) ?? nowMs
  return updatedMs + (deployment.spec.progressDeadlineSeconds ?? noLimit) * 1000 < nowMs
}

/** In how many ms the rollout must be looked at again because of its deadline; `undefined` when it need not be. */
export function progressCheckInMs(deployment: DeploymentObject, status: DeploymentStatus, nowMs: number): number | undefined {
  const current = findCondition(status, 'Progressing')
  if (!hasProgressDeadline(deployment) || current === undefined) return undefined
  if (isComplete(deployment, status) || current.reason === 'ProgressDeadlineExceeded' || current.reason === 'NewReplicaSetAvailable')
    return undefined
  const updatedMs = epochMs(current.lastUpdateTime) ?? nowMs
  return Math.max(0, updatedMs + (deployment.spec.progressDeadlineSeconds ?? noLimit) * 1000 - nowMs) + 1000
}

/** The failure of the new ReplicaSet, or of an old one. */
function replicaFailure({ current, old }: ReplicaSetFamily): ConditionNews | undefined {
  for (const set of current === undefined ? old : [current, ...old]) {
    const failure = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
    if (failure === undefined) continue
    const { status, reason = '', message = '' } = failure
    return { type: 'ReplicaFailure', status: status as ConditionNews['status'], reason, message }
  }
  return undefined
}
