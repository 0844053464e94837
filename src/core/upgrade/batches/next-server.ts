import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { hostWorkOf } from '../jobs/upgrade-image.ts'
import type { RunContext } from '../node/node-turn.ts'
import { isBelow } from '../path/version-set.ts'
import type { Hop } from '../run/next-hop.ts'
import { activeWorks, type SeenRun } from '../run/run-view.ts'
import { parseRunEntry } from '../run-journal.ts'

/** Hosts that had an address of the API a minute ago may have it no more. */
const freshMs = 60_000

/** Whether a server's turn is still to come. One that is further than the hop, because somebody began by hand, is left as it is: nothing is ever lowered. */
export function isBehind({ name, kubeletVersion }: Pick<NodeFacts, 'name' | 'kubeletVersion'>, { version, hosts }: Hop): boolean {
  if (hosts !== undefined) return hosts.has(name)
  const running = parseVersion(kubeletVersion)
  return running !== undefined && isBelow(running, version)
}

/** Whether this run has begun with a node, or nobody can tell. */
export function isStarted(node: NodeFacts, { context }: Pick<SeenRun, 'context'>): boolean {
  const read = parseRunEntry(node.run)
  return read.kind === 'Unreadable' || (read.kind === 'Entry' && read.entry.run === context.facts.upgrade.metadata.uid)
}

/**
 * Of servers whose turn is still to come. Whoever has a virtual address of the API comes late: it moves once then, instead of following the run from one
 * to the next. The controller's own node is the last.
 */
export function nextServer(servers: readonly NodeFacts[], { facts: { ownNode, addressHolders } }: RunContext): NodeFacts | undefined {
  const rank = ({ name }: NodeFacts) => (name === ownNode ? 2 : addressHolders?.nodes.includes(name) ? 1 : 0)
  return servers.toSorted((a, b) => rank(a) - rank(b))[0]
}

/** Control planes that have to say which of them has an address of the API, before one of several is picked; asked while another soaks, that takes no time. */
export function holdersToAsk({
  context,
  groups,
  next,
  works,
  hold,
}: Pick<SeenRun, 'context' | 'groups' | 'next' | 'works' | 'hold'>): readonly string[] {
  const { facts, settings, nowMs } = context
  const { hop } = next.kind === 'Hop' ? next : {}
  if (hop === undefined || hold !== undefined || settings.via !== 'SSH' || settings.scope === 'Pools' || facts.reachesHosts !== true)
    return []
  const work = hostWorkOf(context)
  if (work.kind !== 'Host' || work.distribution !== 'kubeadm') return []
  const active = activeWorks({ works }).map(({ at }) => at.entry)
  if (active.some(({ step }) => step !== 'Soaking')) return []
  // the change of what soaks now may have moved it
  const { atMs = 0 } = facts.addressHolders ?? {}
  if (nowMs < atMs + freshMs && active.every(({ since }) => atMs >= Date.parse(since))) return []
  const free = groups.controlPlane.filter((node) => isBehind(node, hop) && !isStarted(node, { context }))
  return free.length > 1 ? groups.controlPlane.map(({ name }) => name) : []
}
