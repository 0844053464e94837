import { zoneOf } from '../kubernetes/node-zone.ts'
import type { NodeInfo } from './node-info.ts'

/** Nodes in turn from each zone, so that a sample of them covers all zones. Source: kube-scheduler, node tree. */
export function interleavedByZone(nodes: Iterable<NodeInfo>): readonly NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>()
  for (const node of nodes) {
    const zone = zoneOf(node.labels)
    const members = zones.get(zone)
    if (members === undefined) zones.set(zone, [node])
    else members.push(node)
  }
  const longest = Math.max(0, ...[...zones.values()].map((members) => members.length))
  return Array.from({ length: longest }, (_, at) => [...zones.values()].flatMap((members) => members[at] ?? [])).flat()
}
