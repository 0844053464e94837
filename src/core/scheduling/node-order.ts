import type { StringMap } from '../kubernetes/object-meta.ts'
import type { NodeInfo } from './node-info.ts'

const zoneKeys = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone']
const regionKeys = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region']

/** Region and zone of a node as one text; empty when it names neither. Source: Kubernetes, Well-Known Labels. */
export function zoneOf(labels: StringMap): string {
  const zone = zoneKeys.map((key) => labels[key]).find((value) => value !== undefined) ?? ''
  const region = regionKeys.map((key) => labels[key]).find((value) => value !== undefined) ?? ''
  return zone === '' && region === '' ? '' : `${region}/${zone}`
}

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
