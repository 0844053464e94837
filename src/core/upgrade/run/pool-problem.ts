import { compileSelector } from '../../kubernetes/label-selector.ts'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { isVirtual } from '../../kubernetes/virtual-node.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import { restPool, type UpgradeSettings } from '../api/upgrade-settings.ts'

type Selection = Pick<UpgradeSettings, 'pools' | 'nodes' | 'scope'>

/**
 * What is wrong with the pools and the nodes that a spec names, as one sentence that names the field and the fix. A run that has begun knows its pools, of
 * which the last node may be deleted since, as may one that `spec.nodes` names.
 */
export function poolProblem(nodes: readonly NodeFacts[], settings: Selection, known?: ReadonlySet<string>): string | undefined {
  const named = settings.pools.filter((pool) => pool.isRest !== true)
  const twice = named.find(({ name }, at) => named.findIndex((pool) => pool.name === name) !== at)
  if (twice !== undefined) return `spec.pools has two pools named ${twice.name}: give each its own name`
  if (named.length < settings.pools.length && named.some(({ name }) => name === restPool))
    return `spec.pools has a pool named ${restPool}, which is what nodes of no pool are called: give it another name`
  const problem = known === undefined ? nodeProblem(nodes, settings) : undefined
  return problem ?? emptyPool(nodes, named, known)
}

/** A name that the run would pass over without a word. */
function nodeProblem(nodes: readonly NodeFacts[], { nodes: names = new Set(), pools, scope }: Selection): string | undefined {
  const byName = new Map(nodes.map((node) => [node.name, node] as const))
  const missing = [...names].find((name) => !byName.has(name))
  if (missing !== undefined) return `spec.nodes names ${missing}, which is no node of this cluster: correct the name, or leave it out`
  const chosen = nodes.filter(({ name }) => names.has(name))
  const virtual = chosen.find(isVirtual)
  if (virtual !== undefined)
    return `spec.nodes names ${virtual.name}, which is a virtual kubelet: there is nothing on it to be upgraded, leave it out`
  if (scope !== 'Pools') return undefined
  const server = chosen.find(isControlPlane)
  if (server !== undefined)
    return `spec.nodes names ${server.name}, which is of the control plane, and scope Pools leaves that alone: leave the node out`
  const selectors = pools.map(({ nodeSelector }) => compileSelector(nodeSelector))
  const outside = chosen.find(({ labels }) => !selectors.some((matches) => matches(labels)))
  return outside === undefined
    ? undefined
    : `spec.nodes names ${outside.name}, which none of spec.pools selects: add a pool that does, or leave the node out`
}

/** A pool that the run would have nothing to do with. */
function emptyPool(nodes: readonly NodeFacts[], named: Selection['pools'], known: ReadonlySet<string> | undefined): string | undefined {
  const workers = nodes.filter((node) => !isControlPlane(node) && !isVirtual(node))
  const selectors = named.map(({ nodeSelector }) => compileSelector(nodeSelector))
  for (const [at, { name }] of named.entries()) {
    const matches = selectors[at]
    if (matches === undefined || known?.has(name)) continue
    const selected = workers.filter(({ labels }) => matches(labels))
    const pool = `spec.pools[${at}] (${name})`
    const onlyServers = selected.length === 0 && nodes.some((node) => isControlPlane(node) && matches(node.labels))
    if (onlyServers) return `${pool} selects control-plane nodes only: they are upgraded before all pools, remove the pool`
    if (selected.length === 0) return `${pool} selects no node: correct its nodeSelector, or remove the pool`
    const owners = selected.map(({ labels }) => selectors.findIndex((one) => one(labels)))
    const [first = at] = owners
    if (!owners.includes(at)) {
      const before = new Set(owners).size === 1 ? `${named[first]?.name} before it selects` : 'pools before it select'
      return `${pool} has no node of its own, as ${before} them all: change the order of the pools, or remove one`
    }
  }
  return undefined
}
