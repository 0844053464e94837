import type { UncountedTerminatedPods } from 'kubernetes-types/batch/v1'
import type { DraftObject, KubeObject } from '../../../kube-object.ts'
import { isActive, isFinished, isReady, isTerminating } from '../pod-state.ts'
import type { JobObject, PodObject } from '../workload-objects.ts'
import { type EndedPods, type FailedPod, type JobIndexes, jobIndexes } from './job-indexes.ts'
import { hasCondition, type JobRules } from './job-rules.ts'
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
  /** As many of these as the status tells: not those that stay until their index is tried again. */
  readonly failedToTell: number
  /** Of an Indexed Job. */
  readonly indexes: JobIndexes | undefined
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
  const ended: EndedPods = {
    succeeded: verdicts.filter(({ outcome }) => outcome.kind === 'Succeeded').map(({ pod }) => pod),
    failed: verdicts.flatMap(({ pod, outcome }) => failedPod(pod, outcome)),
  }
  const indexes = rules.isIndexed ? jobIndexes(job, pods, ended, rules) : undefined
  const kept = isEnding(job) ? [] : [...(indexes?.waiting.values() ?? [])].map(({ pod }) => pod)
  const counts = rules.tracksPods ? trackedCounts(job, ended, new Set(kept)) : untrackedCounts(ended)
  return { ...common, ...counts, succeeded: indexes?.completed.length ?? counts.succeeded, indexes }
}

function failedPod(pod: PodObject, { kind }: Outcome): readonly FailedPod[] {
  if (kind === 'Open' || kind === 'Succeeded') return []
  return [{ pod, counts: kind !== 'Ignored', endsIndex: kind === 'FailIndex' }]
}

/** Nothing more is tried. */
function isEnding({ metadata, status }: JobObject): boolean {
  return metadata.deletionTimestamp !== undefined || hasCondition(status, 'FailureTarget') || hasCondition(status, 'SuccessCriteriaMet')
}

function untrackedCounts({ succeeded, failed }: EndedPods) {
  const counted = failed.filter(({ counts }) => counts).length
  return {
    succeeded: succeeded.length,
    failed: counted,
    failedToTell: counted,
    released: [],
    uncounted: { succeeded: [], failed: [] },
  }
}

type Outcome =
  | { readonly kind: 'Open' | 'Succeeded' | 'Failed' | 'FailIndex' | 'Ignored' }
  | { readonly kind: 'FailJob'; readonly message: string }

function outcomeOf(job: JobObject, pod: PodObject, rules: JobRules): Outcome {
  const phase = pod.status?.phase
  if (phase === 'Succeeded') return { kind: 'Succeeded' }
  if (phase !== 'Failed') return { kind: isLost(pod, rules) ? 'Failed' : 'Open' }
  if (!rules.hasFailurePolicy) return { kind: 'Failed' }
  const verdict = judgeFailure(job.spec.podFailurePolicy, pod, rules.limitsEachIndex)
  switch (verdict.kind) {
    case 'Count':
      return { kind: 'Failed' }
    case 'Ignore':
      return { kind: 'Ignored' }
    case 'FailIndex':
    case 'FailJob':
      return verdict
  }
}

/** A pod that is being deleted has failed, where pods are tracked and nobody waits for how it ends. */
function isLost(pod: PodObject, rules: JobRules): boolean {
  return rules.tracksPods && isTerminating(pod) && !rules.replacesOnlyFailed && !rules.hasFailurePolicy
}

/** What has been counted, and what has not: those with the finalizer, but for those that are kept. */
function trackedCounts({ status }: JobObject, { succeeded, failed }: EndedPods, kept: ReadonlySet<PodObject>) {
  const before = { succeeded: status?.uncountedTerminatedPods?.succeeded ?? [], failed: status?.uncountedTerminatedPods?.failed ?? [] }
  const noted = new Set([...before.succeeded, ...before.failed])
  const fresh = (pods: readonly PodObject[]) => pods.filter((pod) => isTracked(pod) && !noted.has(pod.metadata.uid))
  const uids = (pods: readonly PodObject[]) => pods.filter((pod) => !kept.has(pod)).map(({ metadata }) => metadata.uid)
  const failures = fresh(failed.flatMap(({ pod, counts }) => (counts ? pod : [])))
  const uncounted = {
    succeeded: [...before.succeeded, ...uids(fresh(succeeded))],
    failed: [...before.failed, ...uids(failures)],
  }
  const counted = status?.failed ?? 0
  return {
    succeeded: (status?.succeeded ?? 0) + uncounted.succeeded.length,
    failed: counted + before.failed.length + failures.length,
    failedToTell: counted + uncounted.failed.length,
    released: [...succeeded, ...failed.map(({ pod }) => pod)].filter((pod) => isTracked(pod) && !kept.has(pod)),
    uncounted,
  }
}

export function isTracked(pod: KubeObject): boolean {
  return (pod.metadata.finalizers ?? []).includes(trackingFinalizer)
}

export function untracked(pod: KubeObject): DraftObject {
  if (!isTracked(pod)) return pod
  const finalizers = (pod.metadata.finalizers ?? []).filter((finalizer) => finalizer !== trackingFinalizer)
  return { ...pod, metadata: { ...pod.metadata, finalizers } }
}
