import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { parseVersion } from '../version/kubernetes-version.ts'
import { controlPlaneHop } from '../version/version-skew.ts'
import type { NextHop } from './next-hop.ts'
import type { RunContext } from './node-turn.ts'
import type { NodeGroups } from './pools.ts'
import { runs } from './run-view.ts'

/** Where the run has to go next. */
export function nextHop(_nodes: readonly NodeFacts[], groups: NodeGroups, { target }: RunContext): NextHop {
  const path = [target.text]
  const all = [...groups.controlPlane, ...groups.pools.flatMap(({ nodes }) => nodes)]
  if (all.every((node) => runs(node, { version: target }))) return { kind: 'Arrived', path }
  for (const { name, kubeletVersion } of groups.controlPlane) {
    const running = parseVersion(kubeletVersion)
    const verdict = running === undefined ? undefined : controlPlaneHop(running, target)
    if (verdict?.verdict === 'Refused') return { kind: 'Refused', message: `${name}: ${verdict.message}` }
  }
  return { kind: 'Hop', hop: { version: target, number: 1, of: 1, nodesRequired: true }, path }
}
