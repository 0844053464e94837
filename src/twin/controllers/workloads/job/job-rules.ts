import type { JobObject } from '../workload-objects.ts'

/** What a Job means to a minor of Kubernetes 1; features count from where they are on by default. Source: Kubernetes documentation, Feature Gates. */
export interface JobRules {
  /** Pods carry a finalizer until they have been counted, so that none is lost; from 1.25. */
  readonly tracksPods: boolean
  /** From 1.22. */
  readonly isIndexed: boolean
  readonly isSuspended: boolean
  /** Each index may fail so often, and the others go on; from 1.29. */
  readonly limitsEachIndex: boolean
  /** Some of the indexes are enough; from 1.31. */
  readonly hasSuccessPolicy: boolean
  /** Another controller runs it; from 1.32. */
  readonly isManagedElsewhere: boolean
  /** From 1.26. */
  readonly hasFailurePolicy: boolean
  /** A pod is replaced only when it has ended, not when it is being deleted. From 1.29. */
  readonly replacesOnlyFailed: boolean
  /** The end of a Job is announced first and comes when its last pod has ended; from 1.31. */
  readonly endsWithItsPods: boolean
  /** New pods wait after a failure; before 1.27 it is the failure itself that is noticed later. */
  readonly delaysNewPods: boolean
  readonly countsReady: boolean
  readonly countsTerminating: boolean
}

const ownController = 'kubernetes.io/job-controller'

export function jobRules({ spec }: JobObject, minor: number): JobRules {
  const hasFailurePolicy = minor >= 26 && spec.podFailurePolicy !== undefined
  const policy = spec.podReplacementPolicy ?? (hasFailurePolicy ? 'Failed' : 'TerminatingOrFailed')
  const isIndexed = minor >= 22 && spec.completionMode === 'Indexed'
  return {
    tracksPods: minor >= 25,
    isIndexed,
    isSuspended: minor >= 22 && spec.suspend === true,
    limitsEachIndex: minor >= 29 && isIndexed && spec.backoffLimitPerIndex !== undefined,
    hasSuccessPolicy: minor >= 31 && isIndexed && spec.successPolicy !== undefined,
    isManagedElsewhere: minor >= 32 && (spec.managedBy ?? ownController) !== ownController,
    hasFailurePolicy,
    replacesOnlyFailed: minor >= 29 && policy === 'Failed',
    endsWithItsPods: minor >= 31,
    delaysNewPods: minor >= 27,
    countsReady: minor >= 24,
    countsTerminating: minor >= 29,
  }
}

/** Whether it is complete or has failed. */
export function isFinished({ status }: JobObject): boolean {
  return hasCondition(status, 'Complete') || hasCondition(status, 'Failed')
}

export function hasCondition(status: JobObject['status'], type: string): boolean {
  return (status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True')
}
