import type { PodFacts } from '../../kubernetes/pod-facts.ts'

/** A controller makes the next pod at once; one that comes much later has another cause. */
const followsWithinMs = 60_000

/** Whether a pod is one that a soak may have to wait for: nobody is served by it, and it has not ended. */
export function isUnready({ ready, deletionAtMs, phase }: Pick<PodFacts, 'ready' | 'deletionAtMs' | 'phase'>): boolean {
  return !ready && deletionAtMs === undefined && phase !== 'Succeeded' && phase !== 'Failed'
}

/**
 * Of pods that are not Ready those that took the place of what a drain has moved: made by a controller since the node was cordoned and until a
 * little after it was given back, wherever they are now. Those of DaemonSets and Jobs are not: they were not moved.
 */
export function displacedPods(unready: readonly PodFacts[], fromMs: number, untilMs: number): readonly PodFacts[] {
  return unready.filter(
    (pod) => isUnready(pod) && isMovedByDrains(pod) && isBetween(pod.createdAtMs ?? 0, fromMs, untilMs + followsWithinMs),
  )
}

function isMovedByDrains({ controller, mirror }: PodFacts): boolean {
  return controller !== undefined && controller.kind !== 'DaemonSet' && controller.kind !== 'Job' && !mirror
}

function isBetween(ms: number, fromMs: number, untilMs: number): boolean {
  return ms >= fromMs && ms <= untilMs
}
