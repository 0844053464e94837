import type { PodInfo } from '../../core/scheduling/pod-info.ts'
import type { FilterName } from '../../core/scheduling/rejection.ts'

/** A pod that waits for a node. */
export interface QueuedPod {
  info: PodInfo
  /** How often it was tried. */
  attempts: number
  /** When it came to where it is, or was tried last (epoch ms). */
  sinceMs: number
  /** Number of its arrival, for those of the same time. */
  readonly order: number
  /**
   * Active: ready to be tried. Backoff: soon again. Unschedulable: until something changes. Gated: until its scheduling gates are gone.
   * Trying: somebody works on it.
   */
  where: 'Active' | 'Backoff' | 'Unschedulable' | 'Gated' | 'Trying' | 'Gone'
  /** Counts its moves. */
  ticket: number
  /** The filters that refused it, the last time. */
  refusedBy: ReadonlySet<FilterName>
  /** The number of the attempt among all of the queue. */
  cycle: number
}

const firstBackoffMs = 1_000
const longestBackoffMs = 10_000

/** When a pod may be tried again (epoch ms): 1 s after the first attempt, doubled each time up to 10 s. Source: kube-scheduler, podInitialBackoffSeconds. */
export function backoffEndMs({ attempts, sinceMs }: Pick<QueuedPod, 'attempts' | 'sinceMs'>): number {
  return sinceMs + (attempts === 0 ? 0 : Math.min(firstBackoffMs * 2 ** (attempts - 1), longestBackoffMs))
}
