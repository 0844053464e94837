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

/** What a kubelet says of a container that it is about to start. */
const onItsWay: ReadonlySet<string> = new Set(['', 'ContainerCreating', 'PodInitializing'])
const longestReason = 200

/** Why a pod is not Ready, in the words of the scheduler or its kubelet; undefined where they have none. */
export function whyUnready({ nodeName, unschedulableMessage, containers }: PodFacts): string | undefined {
  // what preemption would do is told behind it
  if (nodeName === '') return shortened(unschedulableMessage?.split(/\.? preemption: /, 1)[0])
  const waiting = containers.find(({ state, reason }) => state === 'Waiting' && !onItsWay.has(reason))
  return waiting === undefined ? undefined : `container ${waiting.name}: ${waiting.reason}`
}

function shortened(text: string | undefined): string | undefined {
  return text === undefined || text.length <= longestReason ? text : `${text.slice(0, longestReason - 1)}…`
}
