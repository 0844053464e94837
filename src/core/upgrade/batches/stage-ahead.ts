import { asksForProof } from '../../api-path/judge-api-path.ts'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { jobNodeAnnotation } from '../jobs/upgrade-job.ts'
import { stepsOf } from '../node/node-steps.ts'
import type { NodeAtWork, RunContext } from '../node/node-turn.ts'
import type { Hop } from '../run/next-hop.ts'
import { activeWorks, type RunView } from '../run/run-view.ts'
import { parseRunEntry } from '../run-journal.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'
import { holdersToAsk, isBehind, nextServer } from './next-server.ts'
import { firstEntry, nodesLeft, pickFrom } from './start-nodes.ts'

/**
 * While what was changed soaks, the nodes that come next fetch what they will need: that disturbs nothing, and is found done when their turn comes.
 * Nothing of it is remembered: it is asked for in the words of their turn. A run that stops meanwhile leaves images and packages behind, and no more.
 */
export function stageAhead(view: RunView): readonly (readonly UpgradeAction[])[] {
  const { context, next, hold } = view
  const works = activeWorks(view)
  const isSoaking = works.length > 0 && works.every(({ at }) => at.entry.step === 'Soaking')
  if (!isSoaking || next.kind !== 'Hop' || hold !== undefined || context.settings.stopAfter !== undefined) return []
  const nodes = nextNodes(view, next.hop)
  const names = new Set(nodes.map(({ name }) => name))
  const jobs = context.facts.jobs.filter(({ annotations }) => names.has(annotations[jobNodeAnnotation] ?? ''))
  return nodes.map((node) => stage({ node, entry: firstEntry(node, context, next.hop), jobs }, context))
}

function stage(at: NodeAtWork, context: RunContext): readonly UpgradeAction[] {
  const { node, entry } = at
  const host = context.facts.hostWork?.get(node.name)
  // whatever its host was asked for by this run, and whatever has become of it
  if (host !== undefined && host.run === entry.run && host.version === entry.version) return []
  const steps = stepsOf(at)
  if (steps.look(at, context, 'Stage').kind !== 'NotBegun') return []
  return steps.begin(at, context, 'Stage').actions.filter((action) => !isProof(action))
}

/** What soaks may not be back behind its load balancer yet. */
function isProof(action: UpgradeAction): boolean {
  return action.kind === 'RunHost' && asksForProof(action.order)
}

/** As they will be picked, if nothing changes until then. */
function nextNodes(view: RunView, hop: Hop): readonly NodeFacts[] {
  const { context, groups } = view
  const isFree = (node: NodeFacts) => parseRunEntry(node.run).kind === 'None'
  const servers = context.settings.scope === 'Pools' ? [] : groups.controlPlane.filter((node) => isBehind(node, hop)).filter(isFree)
  const server = nextServer(servers, context)
  if (server !== undefined) return holdersToAsk(view).length > 0 ? [] : [server]
  const pool = groups.pools.find((one) => nodesLeft(one, view, hop).some(isFree))
  if (pool === undefined) return []
  const known = context.facts.upgrade.status?.pools?.find(({ name }) => name === pool.settings.name)
  const finishedBatches = (known?.finishedBatches ?? 0) + (known?.batch === undefined ? 0 : 1)
  const candidates = nodesLeft(pool, view, hop).filter(isFree)
  const picked = pickFrom(pool, { candidates, finishedBatches }, context)
  return picked.kind === 'Wait' ? [] : pool.nodes.filter(({ name }) => picked.nodes.includes(name))
}
