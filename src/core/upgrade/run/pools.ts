import { compileSelector } from '../../kubernetes/label-selector.ts'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { isVirtual } from '../../kubernetes/virtual-node.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import type { PoolSettings, UpgradeSettings } from '../api/upgrade-settings.ts'

/** A pool with the nodes that are its own, in the order of their names. */
export interface Pool {
  readonly settings: PoolSettings
  readonly nodes: readonly NodeFacts[]
}

/** The nodes of a cluster as a run takes them. */
export interface NodeGroups {
  readonly controlPlane: readonly NodeFacts[]
  readonly pools: readonly Pool[]
}

/**
 * Divides nodes into control plane and pools: a node belongs to the first pool that selects it, control-plane nodes to none. Nodes that the
 * spec does not name, where it names some, belong to nothing, and nor do virtual kubelets.
 */
export function groupNodes(nodes: readonly NodeFacts[], settings: Pick<UpgradeSettings, 'pools' | 'nodes'>): NodeGroups {
  const selectors = settings.pools.map((pool) => compileSelector(pool.nodeSelector))
  const members = settings.pools.map((): NodeFacts[] => [])
  const controlPlane: NodeFacts[] = []
  for (const node of nodes) {
    if (isControlPlane(node)) controlPlane.push(node)
    else if (!isVirtual(node) && settings.nodes?.has(node.name) !== false) {
      members[selectors.findIndex((matches) => matches(node.labels))]?.push(node)
    }
  }
  const pools = settings.pools.map((pool, at) => ({ settings: pool, nodes: members[at] ?? [] }))
  // the pool of the rest is spoken of only when it has nodes
  return { controlPlane, pools: pools.filter(({ nodes: own, settings: { isRest } }) => own.length > 0 || isRest !== true) }
}
