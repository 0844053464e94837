import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import type { HostOrder } from '../../recipe/host-order.ts'
import { pickBatch } from '../batches/pick-batch.ts'
import { isBehind, nodesLeft } from '../batches/start-nodes.ts'
import { hostWorkOf } from '../jobs/upgrade-image.ts'
import type { Hop } from '../run/next-hop.ts'
import { activeWorks, type RunView } from '../run/run-view.ts'
import { parseRunEntry } from '../run-journal.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'
import { changesLeft } from './host-changes.ts'
import { hostOrder } from './node-hosts.ts'

const firstAttempt = 1

/**
 * While what was changed soaks, the hosts that come next fetch what they will need: that disturbs nothing, and is found done when their turn comes.
 * Nothing of it is remembered; a run that stops meanwhile leaves packages and images behind, and no more.
 */
export function stageAhead(view: RunView): readonly UpgradeAction[] {
  const { context, next, hold } = view
  const works = activeWorks(view)
  const isSoaking = works.length > 0 && works.every(({ at }) => at.entry.step === 'Soaking')
  if (!isSoaking || next.kind !== 'Hop' || hold !== undefined) return []
  const { settings, facts } = context
  const work = hostWorkOf(context)
  if (settings.stopAfter !== undefined || settings.via !== 'SSH' || facts.reachesHosts !== true || work.kind === 'None') return []
  const { hop } = next
  const asked = { run: facts.upgrade.metadata.uid, step: 'Stage', distribution: work.distribution } as const
  return nextNodes(view, hop)
    .filter((node) => !isKnown(view, node, hop))
    .map((node) => ({
      kind: 'RunHost',
      node: node.name,
      order: hostOrder({ ...asked, ...changeOf(node, hop, context), node }, { nodes: facts.nodes, settings }),
      attempt: firstAttempt,
    }))
}

/** It was asked for by this controller, whatever has become of it. */
function isKnown({ context: { facts } }: RunView, node: NodeFacts, hop: Hop): boolean {
  const known = facts.hostWork?.get(node.name)
  return known !== undefined && known.run === facts.upgrade.metadata.uid && known.version === versionOf(node, hop)
}

function versionOf({ kubeletVersion }: NodeFacts, { version, hosts }: Hop): string {
  return hosts === undefined ? version.text : kubeletVersion
}

/** What its turn will ask for, in the same words: else it would be fetched twice. */
function changeOf(node: NodeFacts, hop: Hop, context: RunView['context']): Pick<HostOrder, 'version' | 'os' | 'runtime' | 'kubernetes'> {
  const stays = hop.hosts === undefined ? {} : { kubernetes: 'Stays' as const }
  return { version: versionOf(node, hop), ...changesLeft(node, context), ...stays }
}

/** As they will be picked, if nothing changes until then. */
function nextNodes(view: RunView, hop: Hop): readonly NodeFacts[] {
  const { context, groups } = view
  const { ownNode } = context.facts
  const isFree = (node: NodeFacts) => parseRunEntry(node.run).kind === 'None'
  const servers = context.settings.scope === 'Pools' ? [] : groups.controlPlane.filter((node) => isBehind(node, hop)).filter(isFree)
  const server = servers.find(({ name }) => name !== ownNode) ?? servers[0]
  if (server !== undefined) return [server]
  const pool = groups.pools.find((one) => nodesLeft(one, view, hop).some(isFree))
  if (pool === undefined) return []
  const { settings, facts } = context
  const finished = facts.upgrade.status?.pools?.find(({ name }) => name === pool.settings.name)
  const picked = pickBatch({
    pool: settings.stopAfter === 'Node' ? { ...pool.settings, max: 1 } : pool.settings,
    nodes: pool.nodes,
    candidates: nodesLeft(pool, view, hop).filter(isFree),
    finishedBatches: (finished?.finishedBatches ?? 0) + (finished?.batch === undefined ? 0 : 1),
    podsByNode: facts.podsByNode,
    allNodes: facts.nodes.map(({ name }) => name),
    ownNode,
  })
  return picked.kind === 'Wait' ? [] : pool.nodes.filter(({ name }) => picked.nodes.includes(name))
}
