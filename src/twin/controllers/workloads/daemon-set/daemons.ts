import type { NodeObject, PodObject } from '../workload-objects.ts'
import { targetNode } from './daemon-pod.ts'
import type { Placement } from './node-placement.ts'

/** One node with what a DaemonSet wants of it and has on it. */
export interface DaemonNode {
  readonly node: NodeObject
  readonly placement: Placement
  /** Its pods there or meant for it; the bound before others, then the oldest first. */
  readonly pods: readonly PodObject[]
}

/** The nodes by name, each with its pods, and the pods meant for nodes that do not exist. */
export interface Daemons {
  readonly nodes: readonly DaemonNode[]
  readonly lost: readonly PodObject[]
}

export function daemonsByNode(
  nodes: readonly NodeObject[],
  placementOf: (node: NodeObject) => Placement,
  pods: readonly PodObject[],
): Daemons {
  const byNode = new Map<string, PodObject[]>()
  for (const pod of pods) {
    const name = targetNode(pod)
    if (name === undefined) continue
    const known = byNode.get(name)
    if (known === undefined) byNode.set(name, [pod])
    else known.push(pod)
  }
  const found = nodes.map((node) => {
    const own = byNode.get(node.metadata.name) ?? []
    byNode.delete(node.metadata.name)
    return { node, placement: placementOf(node), pods: own.length < 2 ? own : own.sort(boundAndOldest) }
  })
  return { nodes: found, lost: [...byNode.values()].flat() }
}

function boundAndOldest(a: PodObject, b: PodObject): number {
  const bound = Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName))
  if (bound !== 0) return bound
  const [first, second] = [a, b].map(({ metadata }) => `${metadata.creationTimestamp} ${metadata.name}`)
  return (first ?? '') < (second ?? '') ? -1 : 1
}
