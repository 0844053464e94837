import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { quarantineLabel } from '../node/node-cordon.ts'
import type { NodeAtWork } from '../node/node-turn.ts'
import type { Pool } from '../run/pools.ts'

/** Whether a node takes no new pods, whoever is the cause. */
export function isAway({ ready, unschedulable }: Pick<NodeFacts, 'ready' | 'unschedulable'>): boolean {
  return !ready || unschedulable
}

/** What is waited for while a pool may lose no further node. One that was set aside counts until somebody has mended it. */
export function budgetMessage(away: readonly Pick<NodeFacts, 'name' | 'labels'>[], maxUnavailable: number): string {
  const setAside = away.find(({ labels }) => labels[quarantineLabel] !== undefined)
  const fix =
    setAside === undefined ? '' : `; ${setAside.name} was set aside: mend and uncordon it, delete its Node, or raise maxUnavailable`
  const names = away.slice(0, 3).map(({ name }) => name)
  const nodes = away.length === 1 ? '1 node of the pool is' : `${away.length} nodes of the pool are`
  return `${nodes} NotReady or cordoned (${names.join(', ')}) and maxUnavailable is ${maxUnavailable}${fix}`
}

/**
 * Started nodes that may not be cordoned now, by name, with what they wait for: since they were started, others have become NotReady or were cordoned by
 * somebody, and one more would be more than maxUnavailable.
 */
export function heldByBudget(pools: readonly Pool[], started: readonly Pick<NodeAtWork, 'node' | 'entry'>[]): ReadonlyMap<string, string> {
  // one that somebody uncordons in its drain would be cordoned once more
  const uncordoned = started.filter(({ node, entry }) => entry.step === 'Staging' || (entry.step === 'Draining' && !node.unschedulable))
  const waiting = new Set(uncordoned.map(({ node }) => node.name))
  const held = pools.flatMap(({ settings: { maxUnavailable }, nodes }) => {
    const away = nodes.filter(isAway)
    const next = nodes.filter((node) => waiting.has(node.name) && !isAway(node))
    const message = budgetMessage(away, maxUnavailable)
    return next.slice(Math.max(0, maxUnavailable - away.length)).map(({ name }) => [name, message] as const)
  })
  return new Map(held)
}
