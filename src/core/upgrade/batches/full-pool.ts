import { timestamp } from '../../kubernetes/timestamp.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import type { StopStatus } from '../api/upgrade-status.ts'
import type { RunContext } from '../node/node-turn.ts'
import type { NextHop } from '../run/next-hop.ts'
import type { NodeGroups } from '../run/pools.ts'
import { isGivenUp } from '../run/run-phase.ts'
import type { NodeWork } from '../run/run-view.ts'
import { isBehind } from './next-server.ts'
import { nodesLeft } from './start-nodes.ts'
import { isAway } from './unavailable-budget.ts'

/**
 * The stop of a run whose next pool is full of nodes that were set aside: they do not serve, so that they count against maxUnavailable, and nobody but a
 * person takes them out of it. Somebody else's nodes may come back by themselves: those are waited for.
 */
export function fullPoolStop(
  works: readonly NodeWork[],
  { groups, next, context }: { readonly groups: NodeGroups; readonly next: NextHop; readonly context: RunContext },
): StopStatus | undefined {
  if (next.kind !== 'Hop' || isGivenUp(context) || works.some(({ turn }) => turn.kind !== 'Failed')) return undefined
  if (context.settings.scope !== 'Pools' && context.facts.nodes.some((node) => isControlPlane(node) && isBehind(node, next.hop)))
    return undefined
  const pool = groups.pools.find((one) => nodesLeft(one, { works }, next.hop).length > 0)
  // to work on a node that serves nobody takes nothing away
  if (pool === undefined || nodesLeft(pool, { works }, next.hop).some(isAway)) return undefined
  const { name, maxUnavailable } = pool.settings
  const own = new Set(pool.nodes.map((node) => node.name))
  const setAside = works.map(({ at }) => at).filter(({ node, entry }) => entry.step === 'Quarantined' && own.has(node.name) && isAway(node))
  if (setAside.length < maxUnavailable) return undefined
  const names = setAside.slice(0, 3).map(({ node }) => node.name)
  const more = setAside.length > names.length ? ` and ${setAside.length - names.length} more` : ''
  const message = `pool ${name} may lose no further node: ${names.join(', ')}${more} ${setAside.length === 1 ? 'was' : 'were'} set aside, and maxUnavailable is ${maxUnavailable}; mend ${setAside.length === 1 ? 'it, delete its Node' : 'them, delete their Nodes'}, or raise maxUnavailable`
  return { number: context.stopNumber, reason: 'NodeSetAside', message, since: timestamp(context.nowMs) }
}
