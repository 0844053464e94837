import type { PodFacts } from '../../kubernetes/pod-facts.ts'
import { isMoved } from './moved-pods.ts'

/** Counts of pods that a drain would move. */
export interface PodTally {
  /** By name of the node. */
  readonly load: ReadonlyMap<string, number>
  /** By UID of the controller. */
  readonly replicas: ReadonlyMap<string, number>
}

/** Counts the pods of nodes in one pass: of a whole cluster there are 150,000, so nothing is made for each of them. */
export function tallyPods(nodes: readonly string[], podsByNode: { get(node: string): readonly PodFacts[] }): PodTally {
  const load = new Map<string, number>()
  const replicas = new Map<string, number>()
  for (const node of nodes) {
    let moved = 0
    for (const pod of podsByNode.get(node)) {
      if (!isMoved(pod)) continue
      moved += 1
      const owner = pod.controller?.uid
      if (owner !== undefined) replicas.set(owner, (replicas.get(owner) ?? 0) + 1)
    }
    load.set(node, moved)
  }
  return { load, replicas }
}
