import { epochMs } from '../../../../core/kubernetes/epoch-ms.ts'
import type { PodObject } from '../workload-objects.ts'

/** How often the pods of an index have failed before this one, on pods of a Job with `backoffLimitPerIndex`. */
export const failureCountAnnotation = 'batch.kubernetes.io/job-index-failure-count'
/** As often they have failed and the pod failure policy did not count it; only where it is not 0. */
export const ignoredFailureCountAnnotation = 'batch.kubernetes.io/job-index-ignored-failure-count'

/** Failures of one index of a Job. */
export interface IndexFailures {
  readonly counted: number
  readonly ignored: number
}

/** What a pod says of the failures before it. */
export function failuresBefore({ metadata: { annotations = {} } }: PodObject): IndexFailures {
  return { counted: countIn(annotations[failureCountAnnotation]), ignored: countIn(annotations[ignoredFailureCountAnnotation]) }
}

function countIn(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0
}

/** What the next pod of the index has to say, when this one has failed. */
export function failuresWith(pod: PodObject, counts: boolean): IndexFailures {
  const { counted, ignored } = failuresBefore(pod)
  return counts ? { counted: counted + 1, ignored } : { counted, ignored: ignored + 1 }
}

const firstMs = 10_000
const longestMs = 10 * 60_000

/** In how many ms an index may be tried again after this pod of it: 10 s, doubled with each failure, at most 10 minutes. */
export function retryInMs(failed: PodObject, nowMs: number): number {
  const { counted, ignored } = failuresBefore(failed)
  const pauseMs = Math.min(firstMs * 2 ** (counted + ignored), longestMs)
  return Math.max(0, endedAtMs(failed) + pauseMs - nowMs)
}

/** Whether `pod` has failed after `other`, of the same index. */
export function failedLater(pod: PodObject, other: PodObject): boolean {
  const failures = (of: PodObject) => failuresBefore(of).counted + failuresBefore(of).ignored
  return failures(pod) >= failures(other) && endedAtMs(pod) >= endedAtMs(other)
}

/** When its last container ended; of one that was never started, when it was deleted or made. */
function endedAtMs({ status, metadata }: PodObject): number {
  const ends = (status?.containerStatuses ?? []).flatMap(({ state }) => epochMs(state?.terminated?.finishedAt) ?? [])
  if (ends.length > 0) return Math.max(...ends)
  const goneMs = epochMs(metadata.deletionTimestamp)
  if (goneMs !== undefined) return goneMs - (metadata.deletionGracePeriodSeconds ?? 0) * 1000
  return epochMs(metadata.creationTimestamp) ?? 0
}
