import type { ReplicaSetCondition, ReplicaSetStatus } from 'kubernetes-types/apps/v1.js'
import { apiTime } from '../../../api-time.ts'
import { isAvailable, isReady } from '../pod-state.ts'
import type { PodObject, ReplicaSetObject } from '../workload-objects.ts'

export interface ReplicaSetStatusInput {
  readonly set: ReplicaSetObject
  /** Its pods that are neither finished nor terminating, as they were before anything was done. */
  readonly active: readonly PodObject[]
  /** Why pods could not be created or deleted; absent when they could. */
  readonly failure?: string
  readonly nowMs: number
}

type ComputedStatus = Omit<ReplicaSetStatus, 'conditions'> & { readonly conditions: readonly ReplicaSetCondition[] | undefined }

/** The status of a ReplicaSet (and of a ReplicationController) by its pods. Source: Kubernetes API reference, ReplicaSetStatus. */
export function replicaSetStatus(input: ReplicaSetStatusInput): ComputedStatus {
  const { set, active, nowMs } = input
  const { minReadySeconds = 0, template } = set.spec
  const templateLabels = Object.entries(template?.metadata?.labels ?? {})
  const conditions = failureConditions(input)
  return {
    replicas: active.length,
    fullyLabeledReplicas: active.filter(({ metadata }) => templateLabels.every(([key, value]) => metadata.labels?.[key] === value)).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter((pod) => isAvailable(pod, minReadySeconds, nowMs)).length,
    observedGeneration: set.metadata.generation ?? 0,
    conditions: conditions.length === 0 ? undefined : conditions,
  }
}

/** A failure that is known already keeps its time and its words until it is over. */
function failureConditions({ set, active, failure, nowMs }: ReplicaSetStatusInput): readonly ReplicaSetCondition[] {
  const conditions = set.status?.conditions ?? []
  const known = conditions.some(({ type }) => type === 'ReplicaFailure')
  if (failure === undefined) return known ? conditions.filter(({ type }) => type !== 'ReplicaFailure') : conditions
  if (known) return conditions
  const reason = active.length < (set.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete'
  return [...conditions, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: apiTime(nowMs), reason, message: failure }]
}
