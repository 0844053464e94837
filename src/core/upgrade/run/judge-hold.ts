import { runAnnotation } from '../../kubernetes/node-facts.ts'
import { timestamp } from '../../kubernetes/timestamp.ts'
import type { StopStatus } from '../api/upgrade-status.ts'
import { noInventory } from '../hosts/node-hosts.ts'
import { aheadJobs } from '../jobs/ahead-jobs.ts'
import { foreignMark } from '../node/foreign-mark.ts'
import type { RunContext } from '../node/node-turn.ts'
import { bearersOf } from '../pods/soft-taint.ts'
import type { NextHop } from './next-hop.ts'
import { rebootAtWork } from './reboot-lock.ts'
import { isExpired, isGivenUp, pausedSince } from './run-phase.ts'
import type { Hold, NodeWork } from './run-view.ts'

export interface HoldInput {
  readonly context: RunContext
  readonly works: readonly NodeWork[]
  readonly next: NextHop
  readonly stop: StopStatus | undefined
}

/** Judges whether a run may start nodes; the first reason not to is told. */
export function judgeHold(input: HoldInput): Hold | undefined {
  if (isThere(input)) return undefined
  return (
    cancelled(input) ??
    another(input) ??
    refused(input) ??
    marked(input) ??
    plansFirst(input) ??
    paused(input) ??
    stopped(input) ??
    rebooting(input) ??
    unequipped(input)
  )
}

/** Of a run that has arrived there is nothing to hold, unless nodes that were set aside have to be given back. */
function isThere({ next, works, context }: HoldInput): boolean {
  if (next.kind !== 'Arrived') return false
  if (isGivenUp(context)) return works.length === 0 && !wasCancelled(context)
  return works.every(({ at, turn }) => at.entry.step === 'Quarantined' && turn.kind === 'Failed')
}

function wasCancelled({ facts }: RunContext): boolean {
  const phase = facts.upgrade.status?.phase
  return phase === 'Cancelling' || phase === 'Cancelled'
}

/** Started nodes finish; then it is over. A pause that lasted too long is given up in the same way. */
function cancelled({ context, works }: HoldInput): Hold | undefined {
  if (!isGivenUp(context)) return undefined
  const why = isExpired(context) ? 'given up after a pause of the time that spec.failure.pauseExpiry says' : 'cancelled'
  // an end is told when nothing is left on any node: whoever is killed before that has to go on
  const [first] = works
  const tainted = bearersOf(context).length
  if (first === undefined && tainted > 0)
    return { phase: 'Cancelling', message: `${why}; the soft taint is taken from ${tainted === 1 ? '1 node' : `${tainted} nodes`}` }
  const ahead = first === undefined ? aheadJobs(context).length : 0
  if (ahead > 0)
    return {
      phase: 'Cancelling',
      message: `${why}; ${ahead === 1 ? '1 Job that fetched for a further node is' : `${ahead} Jobs that fetched for further nodes are`} deleted`,
    }
  if (first === undefined) {
    const again = context.settings.action === 'Run' ? '; it stays so whatever its spec says: create another ClusterUpgrade to go on' : ''
    return { phase: 'Cancelled', message: `${why}; nodes that were not started are as they were${again}`, ended: true }
  }
  const kept = works.find(({ turn }) => turn.kind === 'Failed')
  const waits =
    kept === undefined
      ? `${startedFinish(works.length)} first, now ${first.at.node.name}`
      : `node ${kept.at.node.name} failed and is not Ready: bring it back, or delete its Node`
  return { phase: 'Cancelling', message: `${why}; ${waits}` }
}

/** One run at a time: the oldest one. */
function another({ context }: HoldInput): Hold | undefined {
  const { upgrade, others } = context.facts
  const createdAtMs = Date.parse(upgrade.metadata.creationTimestamp ?? '') || 0
  const first = others.find(
    (other) =>
      other.active && (other.createdAtMs < createdAtMs || (other.createdAtMs === createdAtMs && other.name < upgrade.metadata.name)),
  )
  if (first === undefined) return undefined
  return { phase: 'Pending', message: `waits for ClusterUpgrade ${first.name}: one at a time; cancel or delete it to begin with this one` }
}

function refused({ next }: HoldInput): Hold | undefined {
  return next.kind === 'Refused' ? { phase: 'Refused', message: next.message } : undefined
}

/** What another run, a newer Falkirk or a person has written on a node is not written over. */
function marked({ context }: HoldInput): Hold | undefined {
  const { nodes, upgrade, others } = context.facts
  const foreign = nodes.flatMap((node) => {
    const mark = foreignMark(node, { uid: upgrade.metadata.uid, others })
    return mark === undefined || mark.kind === 'LeftOver' ? [] : [{ node: node.name, mark }]
  })
  const [first] = foreign
  if (first === undefined) return undefined
  const { node, mark } = first
  if (mark.kind === 'AtWork')
    return { phase: 'Pending', message: `waits: ${node} was started by ClusterUpgrade ${mark.name}; it finishes first` }
  if (mark.kind === 'Deleted') {
    const until = timestamp(mark.endsAtMs)
    const why = `what ClusterUpgrade ${mark.name}, which was deleted, began on ${node} may still be at work; the node is given back when it has ended, at ${until} at the latest`
    return { phase: 'Pending', message: `waits: ${why}`, wakeAtMs: mark.endsAtMs }
  }
  const message = `annotation ${runAnnotation} of node ${node} cannot be read: remove it when the node's scheduling state is right`
  return { phase: 'Pending', message }
}

function plansFirst({ context }: HoldInput): Hold | undefined {
  const [first] = context.facts.plansAtWork
  if (first === undefined) return undefined
  return { phase: 'Pending', message: `waits for Plan ${first}: it has nodes in progress; they finish first` }
}

function paused({ context, works }: HoldInput): Hold | undefined {
  const { settings, nowMs } = context
  if (settings.action !== 'Pause') return undefined
  const left = works.filter(({ turn }) => turn.kind === 'Working').length
  const sinceMs = Date.parse(pausedSince(context) ?? '') || nowMs
  const expires = { wakeAtMs: sinceMs + settings.failure.pauseExpiryMs }
  return { phase: 'Paused', message: left === 0 ? 'paused; falkirk continue goes on' : `paused; ${startedFinish(left)}`, ...expires }
}

function startedFinish(count: number): string {
  return count === 1 ? '1 started node finishes' : `${count} started nodes finish`
}

function stopped({ stop, context }: HoldInput): Hold | undefined {
  if (stop === undefined || stop.number <= context.settings.continueFrom) return undefined
  const phase = stop.reason === 'StopAfter' ? 'Paused' : 'Stopped'
  const fix = stop.reason === 'StopAfter' ? '' : `; then falkirk continue (spec.continueFrom: ${stop.number})`
  return { phase, message: `${stop.message}${fix}` }
}

/** What kured drains and reboots is away, and it does not look at what a run does. */
function rebooting({ context: { facts, nowMs } }: HoldInput): Hold | undefined {
  const reboot = rebootAtWork(facts.rebootLocks ?? [], facts.nodes, nowMs)
  if (reboot === undefined) return undefined
  return { phase: 'Pending', message: `waits: ${reboot.message}`, ...(reboot.untilMs === undefined ? {} : { wakeAtMs: reboot.untilMs }) }
}

/** Hosts are reached from where the inventory is: any other controller leaves such a run alone. */
function unequipped({ context, next, works }: HoldInput): Hold | undefined {
  const { settings, facts } = context
  const isOverSsh = settings.via === 'SSH' || works.some(({ at }) => at.entry.via === 'SSH')
  if (!isOverSsh || facts.reachesHosts || next.kind !== 'Hop') return undefined
  return { phase: 'Pending', message: `waits: ${noInventory}` }
}
