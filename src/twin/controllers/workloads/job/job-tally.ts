import type { UncountedTerminatedPods } from 'kubernetes-types/batch/v1'
import type { DraftObject, KubeObject } from '../../../kube-object.ts'
import { isActive, isFinished, isReady, isTerminating } from '../pod-state.ts'
import type { JobObject, PodObject } from '../workload-objects.ts'
import { completionIndex, formatIndexes, parseIndexes } from './completion-indexes.ts'
import type { JobRules } from './job-rules.ts'
import { judgeFailure } from './pod-failure-policy.ts'

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'

/** The pods of a Job by what they are to it. */
export interface JobTally {
  readonly active: readonly PodObject[]
  readonly ready: number
  /** Being deleted, not ended yet. */
  readonly terminating: number
  readonly succeeded: number
  readonly failed: number
  /** Of an Indexed Job, which are done. */
  readonly completedIndexes: string | undefined
  /** Why the pod failure policy wants the Job to fail. */
  readonly failJob: string | undefined
  /** Pods that are counted from now on: their finalizer goes when that is written down. */
  readonly released: readonly PodObject[]
  /** How many of the counted are counted for their UIDs, as their finalizers may still be there. */
  readonly uncounted: Required<UncountedTerminatedPods>
}

/** `counted` holds numbers before anything that is uncounted. Source: Kubernetes, Job controller; KEP-2307. */
export function jobTally(job: JobObject, pods: readonly PodObject[], rules: JobRules): JobTally {
  const verdicts = pods.map((pod) => ({ pod, outcome: outcomeOf(job, pod, rules) }))
  const failJob = verdicts.map(({ outcome }) => (outcome.kind === 'FailJob' ? outcome.message : undefined)).find((why) => why !== undefined)
  const common = {
    active: pods.filter(isActive),
    ready: pods.filter((pod) => isActive(pod) && isReady(pod)).length,
    terminating: pods.filter((pod) => isTerminating(pod) && !isFinished(pod)).length,
    failJob,
  }
  const done = verdicts.filter(({ outcome }) => outcome.kind === 'Succeeded').map(({ pod }) => pod)
  const failed = verdicts.filter(({ outcome }) => outcome.kind === 'Failed' || outcome.kind === 'FailJob').map(({ pod }) => pod)
  const ignored = verdicts.filter(({ outcome }) => outcome.kind === 'Ignored').map(({ pod }) => pod)
  const indexes = rules.isIndexed ? completedIndexes(job, done) : undefined
  const counts = rules.tracksPods
    ? trackedCounts(job, { succeeded: done, failed, ignored })
    : { succeeded: done.length, failed: failed.length, released: [], uncounted: { succeeded: [], failed: [] } }
  const succeeded = indexes === undefined ? counts.succeeded : indexes.length
  return { ...common, ...counts, succeeded, completedIndexes: indexes === undefined ? undefined : formatIndexes(indexes) }
}

type Outcome = { readonly kind: 'Open' | 'Succeeded' | 'Failed' | 'Ignored' } | { readonly kind: 'FailJob'; readonly message: string }

function outcomeOf(job: JobObject, pod: PodObject, rules: JobRules): Outcome {
  const phase = pod.status?.phase
  if (phase === 'Succeeded') return { kind: 'Succeeded' }
  if (phase !== 'Failed') return { kind: isLost(pod, rules) ? 'Failed' : 'Open' }
  if (!rules.hasFailurePolicy) return { kind: 'Failed' }
  const verdict = judgeFailure(job.spec.podFailurePolicy, pod)
  switch (verdict.kind) {
    case 'Count':
      return { kind: 'Failed' }
    case 'Ignore':
      return { kind: 'Ignored' }
    case 'FailJob':
      return verdict
  }
}

/** A pod that is being deleted has failed, where pods are tracked and nobody waits for how it ends. */
function isLost(pod: PodObject, rules: JobRules): boolean {
  return rules.tracksPods && isTerminating(pod) && !rules.replacesOnlyFailed && !rules.hasFailurePolicy
}

interface Ended {
  readonly succeeded: readonly PodObject[]
  readonly failed: readonly PodObject[]
  readonly ignored: readonly PodObject[]
}

/** What has been counted, and what has not: those with the finalizer. */
function trackedCounts({ status }: JobObject, ended: Ended) {
  const noted = new Set([...(status?.uncountedTerminatedPods?.succeeded ?? []), ...(status?.uncountedTerminatedPods?.failed ?? [])])
  const fresh = (pods: readonly PodObject[]) => pods.filter((pod) => isTracked(pod) && !noted.has(pod.metadata.uid))
  const uids = (before: readonly string[] | undefined, pods: readonly PodObject[]) => [
    ...(before ?? []),
    ...fresh(pods).map(({ metadata }) => metadata.uid),
  ]
  const uncounted = {
    succeeded: uids(status?.uncountedTerminatedPods?.succeeded, ended.succeeded),
    failed: uids(status?.uncountedTerminatedPods?.failed, ended.failed),
  }
  return {
    succeeded: (status?.succeeded ?? 0) + uncounted.succeeded.length,
    failed: (status?.failed ?? 0) + uncounted.failed.length,
    released: [...ended.succeeded, ...ended.failed, ...ended.ignored].filter(isTracked),
    uncounted,
  }
}

function completedIndexes({ spec, status }: JobObject, done: readonly PodObject[]): readonly number[] {
  const completions = spec.completions ?? 0
  const known = parseIndexes(status?.completedIndexes ?? '', completions)
  const now = done.flatMap((pod) => completionIndex(pod) ?? []).filter((index) => index < completions)
  return [...new Set([...known, ...now])]
}

export function isTracked(pod: KubeObject): boolean {
  return (pod.metadata.finalizers ?? []).includes(trackingFinalizer)
}

export function untracked(pod: KubeObject): DraftObject {
  if (!isTracked(pod)) return pod
  const finalizers = (pod.metadata.finalizers ?? []).filter((finalizer) => finalizer !== trackingFinalizer)
  return { ...pod, metadata: { ...pod.metadata, finalizers } }
}
