import type { PodFacts } from '../kubernetes/pod-facts.ts'
import type { UpgradeFacts } from './upgrade-facts.ts'

/** A controller makes the next pod at once; one that comes much later has another cause. */
const followsWithinMs = 60_000

/**
 * The pods that took the place of those a drain has moved: made by a controller since the node was cordoned and until a little after it was
 * given back, wherever they are now. Those of DaemonSets and Jobs are not: they were not moved.
 */
export function displacedPods(
  { podsByNode, nodes }: Pick<UpgradeFacts, 'podsByNode' | 'nodes'>,
  fromMs: number,
  untilMs: number,
): readonly PodFacts[] {
  const places = ['', ...nodes.map(({ name }) => name)]
  return places.flatMap((place) => (podsByNode?.get(place) ?? []).filter((pod) => isDisplaced(pod, fromMs, untilMs + followsWithinMs)))
}

function isDisplaced({ createdAtMs = 0, controller, deletionAtMs, phase, mirror }: PodFacts, fromMs: number, untilMs: number): boolean {
  const moves = controller !== undefined && controller.kind !== 'DaemonSet' && controller.kind !== 'Job' && !mirror
  const runs = deletionAtMs === undefined && phase !== 'Succeeded' && phase !== 'Failed'
  return moves && runs && createdAtMs >= fromMs && createdAtMs <= untilMs
}
