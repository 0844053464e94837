import { isActive } from '../pod-state.ts'
import type { JobObject, PodObject } from '../workload-objects.ts'
import { completionIndex, parseIndexes } from './completion-indexes.ts'
import { failedLater, failuresBefore, failuresWith, type IndexFailures } from './index-failures.ts'
import type { JobRules } from './job-rules.ts'

/** A pod that has failed. */
export interface FailedPod {
  readonly pod: PodObject
  /** Not when the pod failure policy ignores it. */
  readonly counts: boolean
  /** Whether the pod failure policy gives up its index. */
  readonly endsIndex: boolean
}

/** A failed pod whose index waits to be tried again. */
export interface WaitingIndex {
  readonly pod: PodObject
  /** What the next pod will say. */
  readonly failures: IndexFailures
}

/** The parts of an Indexed Job. */
export interface JobIndexes {
  readonly completed: readonly number[]
  /** Where each may fail so often: those that have failed too often. */
  readonly failed: readonly number[] | undefined
  /** There as well, by index: pods that stay until the next one knows how often the index has failed. */
  readonly waiting: ReadonlyMap<number, WaitingIndex>
}

export interface EndedPods {
  readonly succeeded: readonly PodObject[]
  readonly failed: readonly FailedPod[]
}

/** Source: Kubernetes documentation, Job, Backoff limit per index; KEP-3850. */
export function jobIndexes(job: JobObject, pods: readonly PodObject[], ended: EndedPods, rules: JobRules): JobIndexes {
  const completions = job.spec.completions ?? 0
  const indexOf = (pod: PodObject) => [completionIndex(pod) ?? []].flat().filter((index) => index < completions)
  const before = (text: string | undefined) => parseIndexes(text ?? '', completions)
  const completed = [...new Set([...before(job.status?.completedIndexes), ...ended.succeeded.flatMap(indexOf)])]
  if (!rules.limitsEachIndex) return { completed, failed: undefined, waiting: new Map() }
  const limit = job.spec.backoffLimitPerIndex ?? 0
  const hasFailed = ({ pod, counts, endsIndex }: FailedPod) => endsIndex || (counts && failuresBefore(pod).counted >= limit)
  const failed = [...new Set([...before(job.status?.failedIndexes), ...ended.failed.filter(hasFailed).flatMap(({ pod }) => indexOf(pod))])]
  const settled = new Set([...completed, ...failed, ...pods.filter(isActive).flatMap(indexOf)])
  return { completed, failed, waiting: waitingIndexes(ended.failed, (pod) => indexOf(pod).filter((index) => !settled.has(index))) }
}

function waitingIndexes(
  failed: readonly FailedPod[],
  openIndexOf: (pod: PodObject) => readonly number[],
): ReadonlyMap<number, WaitingIndex> {
  const waiting = new Map<number, WaitingIndex>()
  for (const { pod, counts } of failed) {
    for (const index of openIndexOf(pod)) {
      const known = waiting.get(index)
      if (known === undefined || failedLater(pod, known.pod)) waiting.set(index, { pod, failures: failuresWith(pod, counts) })
    }
  }
  return waiting
}
