import { compileSelector } from '../../kubernetes/label-selector.ts'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
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
 * spec does not name, where it names some, belong to nothing.
 */
export function groupNodes(nodes: readonly NodeFacts[], settings: Pick<UpgradeSettings, 'pools' | 'nodes'>): NodeGroups {
  const selectors = settings.pools.map((pool) => compileSelector(pool.nodeSelector))
  const members = settings.pools.map((): NodeFacts[] => [])
  const controlPlane: NodeFacts[] = []
  for (const node of nodes) {
    if (isControlPlane(node)) controlPlane.push(node)
    else if (settings.nodes === undefined || settings.nodes.has(node.name)) {
      members[selectors.findIndex((matches) => matches(node.labels))]?.push(node)
    }
  }
  const pools = settings.pools.map((pool, at) => ({ settings: pool, nodes: members[at] ?? [] }))
  return { controlPlane, pools: pools.filter(({ nodes: own, settings: { name } }) => own.length > 0 || isNamed(name, settings)) }
}

/** The pool of the rest is spoken of only when it has nodes. */
function isNamed(name: string, { pools }: Pick<UpgradeSettings, 'pools'>): boolean {
  return pools.some((pool, at) => pool.name === name && (at < pools.length - 1 || Object.keys(pool.nodeSelector).length > 0))
}

/**
 * What is wrong with the pools of a spec, as one sentence that names the field and the fix. A run that has begun knows its pools, of which the last
 * node may be deleted since, as may one that `spec.nodes` names.
 */
export function poolProblem(
  nodes: readonly NodeFacts[],
  settings: Pick<UpgradeSettings, 'pools' | 'nodes' | 'scope'>,
  known?: ReadonlySet<string>,
): string | undefined {
  const named = settings.scope === 'Pools' ? settings.pools : settings.pools.slice(0, -1)
  const twice = named.find(({ name }, at) => named.findIndex((pool) => pool.name === name) !== at)
  if (twice !== undefined) return `spec.pools has two pools named ${twice.name}: give each its own name`
  const names = new Set(nodes.map(({ name }) => name))
  const missing = [...(settings.nodes ?? [])].find((name) => !names.has(name))
  if (missing !== undefined && known === undefined)
    return `spec.nodes names ${missing}, which is no node of this cluster: correct the name, or leave it out`
  const workers = nodes.filter((node) => !isControlPlane(node))
  for (const [at, { name, nodeSelector }] of named.entries()) {
    if (known?.has(name)) continue
    const matches = compileSelector(nodeSelector)
    const selected = workers.filter(({ labels }) => matches(labels))
    const onlyServers = selected.length === 0 && nodes.some((node) => matches(node.labels))
    if (onlyServers)
      return `spec.pools[${at}] (${name}) selects control-plane nodes only: they are upgraded before all pools, remove the pool`
    if (selected.length === 0) return `spec.pools[${at}] (${name}) selects no node: correct its nodeSelector, or remove the pool`
  }
  return undefined
}
