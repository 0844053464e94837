import { epochMs } from '../kubernetes/epoch-ms.ts'
import type { PodInfo } from './pod-info.ts'

/** A node where a pod would fit, and who would have to go. */
export interface PreemptionCandidate {
  readonly nodeName: string
  /** The more important first; at least one, unless nothing is in the way any more. */
  readonly victims: readonly PodInfo[]
  /** Victims whose budget does not allow it. */
  readonly violations: number
}

/** By priority, then by who has been running for longer. Source: kube-scheduler, MoreImportantPod. */
export function moreImportantFirst(a: PodInfo, b: PodInfo): number {
  return b.priority - a.priority || startedAtMs(a) - startedAtMs(b) || (a.name < b.name ? -1 : 1)
}

/** Each is asked only where the ones before it make no difference; the smaller is the better. */
const criteria: readonly ((candidate: PreemptionCandidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => victims[0]?.priority ?? Number.NEGATIVE_INFINITY,
  // Shifted, so that few pods of negative priority are not worth more than many.
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
  ({ victims }) => victims.length,
  ({ victims }) => -earliestStartMs(victims),
]

/** The candidate that does the least harm; the first among equals. Source: kube-scheduler, pickOneNodeForPreemption. */
export function bestCandidate(candidates: readonly PreemptionCandidate[]): PreemptionCandidate | undefined {
  let left = candidates
  for (const criterion of criteria) {
    if (left.length <= 1) break
    const values = left.map(criterion)
    const least = values.reduce((a, b) => Math.min(a, b))
    left = left.filter((_, at) => values[at] === least)
  }
  return left[0]
}

/** Of the most important victims. */
function earliestStartMs(victims: readonly PodInfo[]): number {
  const highest = victims[0]?.priority
  return victims
    .filter(({ priority }) => priority === highest)
    .reduce((earliest, pod) => Math.min(earliest, startedAtMs(pod)), Number.MAX_SAFE_INTEGER)
}

/** A pod that has not started counts as the youngest. */
function startedAtMs({ pod }: PodInfo): number {
  return epochMs(pod.status?.startTime) ?? Number.MAX_SAFE_INTEGER
}
