import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { timestamp } from '../../kubernetes/timestamp.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import type { ClusterUpgradeStatus, FailedStatus, InFlightStatus, PoolStatus, UpgradePhase } from '../api/upgrade-status.ts'
import { changesText } from '../hosts/host-changes.ts'
import { movesInFlight, movesSoFar } from '../pods/moved-pods.ts'
import type { Hop } from '../run/next-hop.ts'
import { plannedPath } from '../run/planned-path.ts'
import { isEndPhase, isExpired, pausedSince } from '../run/run-phase.ts'
import { activeWorks, doneJudge, type NodeWork, type RunView, type Started } from '../run/run-view.ts'
import { statusOfRun } from './status-of-run.ts'
import { upgradeConditions } from './upgrade-conditions.ts'

/** Nodes that are told one by one; of more than these the number is told. */
const mostTold = 50
const longestMessage = 900
/** Of many each has to be short, so that a status of thousands of nodes stays below 64 KiB. */
const mostAtLength = 10
const shortMessage = 200

const stillPhases: ReadonlySet<UpgradePhase> = new Set(['Paused', 'Stopped'])

/** What is told of a decision. The same decision is told in the same words, so that nothing is written twice. */
export function reportUpgrade(view: RunView, started: Started): ClusterUpgradeStatus {
  const { context, next, works, stop, end, stock } = view
  const { upgrade } = context.facts
  const before = statusOfRun(upgrade)
  const { phase, message } = standing(view, started)
  const begun = works.length > 0 || started.actions.length > 0
  return {
    observedGeneration: upgrade.metadata.generation,
    phase,
    message,
    ...given('from', before.from ?? lowestServer(view)),
    ...(next.kind === 'Refused' || next.kind === 'HeldUp' ? given('path', before.path) : { path: plannedPath(upgrade, next.path) }),
    ...(next.kind === 'Hop' ? { hop: hopOf(next.hop, before, view) } : {}),
    progress: progressOf(view),
    pools: poolsOf(view, started),
    ...movesSoFar(before, activeWorks(view)),
    inFlight: inFlightOf(activeWorks(view)),
    failed: failedOf(view),
    ...(stock.kind === 'Taken' ? { before: stock.before } : {}),
    ...given('verifyingSince', end?.verifyingSinceMs === undefined ? undefined : timestamp(end.verifyingSinceMs)),
    ...given('findings', end?.findings),
    ...given('startedAt', before.startedAt ?? (begun ? timestamp(context.nowMs) : undefined)),
    ...(stop === undefined ? {} : { stop }),
    ...given('pausedAt', pausedAt(view, phase, before)),
    ...(isEndPhase(phase) ? { endedAt: before.endedAt ?? timestamp(context.nowMs) } : {}),
    conditions: upgradeConditions(before.conditions ?? [], {
      phase,
      message,
      nowMs: context.nowMs,
      generation: upgrade.metadata.generation,
    }),
  }
}

function hopOf(
  { version: { text }, number, of }: Hop,
  before: ClusterUpgradeStatus,
  { works, context: { nowMs } }: RunView,
): NonNullable<ClusterUpgradeStatus['hop']> {
  const hop = before.hop?.version === text ? before.hop : undefined
  const isTouched = works.some(({ at: { node, entry } }) => isControlPlane(node) && !beforeDrain.has(entry.step))
  const touched = hop?.controlPlaneSince ?? (isTouched ? timestamp(nowMs) : undefined)
  return { version: text, number, of, since: hop?.since ?? timestamp(nowMs), ...given('controlPlaneSince', touched) }
}

/** Of one that failed it was written down when it was drained. */
const beforeDrain: ReadonlySet<InFlightStatus['step']> = new Set(['Staging', 'Failed', 'Quarantined'])

/** A pause counts from its own beginning, and is remembered while it is being given up. */
function pausedAt({ context }: RunView, phase: UpgradePhase, before: ClusterUpgradeStatus): string | undefined {
  if (stillPhases.has(phase)) {
    const isPause = phase === 'Paused' && context.settings.action === 'Pause'
    const known = isPause ? pausedSince(context) : before.phase === phase ? before.pausedAt : undefined
    return known ?? timestamp(context.nowMs)
  }
  return isExpired(context) ? before.pausedAt : undefined
}

function lengthOf(list: readonly unknown[]): number {
  return list.length > mostAtLength ? shortMessage : longestMessage
}

function inFlightOf(works: readonly NodeWork[]): readonly InFlightStatus[] {
  const most = lengthOf(works)
  return works.slice(0, mostTold).map(({ at: { node, entry }, turn }) => {
    const message = turn.message?.slice(0, most)
    return {
      node: node.name,
      step: entry.step,
      since: entry.since,
      attempt: entry.tries,
      ...(message === undefined ? {} : { message }),
      ...movesInFlight(entry),
    }
  })
}

function standing(view: RunView, started: Started): { readonly phase: UpgradePhase; readonly message: string } {
  const { hold, next, end } = view
  if (hold !== undefined) return hold
  if (end !== undefined) return { phase: end.phase, message: end.message }
  const active = activeWorks(view)
  const [first] = active
  // a server reports its version before its job has ended
  const hasServer = active.some(({ at }) => isControlPlane(at.node))
  const phase = hasServer ? 'ControlPlane' : (started.stage ?? (next.kind === 'Arrived' ? 'Nodes' : 'ControlPlane'))
  if (first !== undefined) return { phase, message: atWorkMessage(active) }
  const begins = `begins with ${whatBegins(view)}`
  return { phase, message: started.message ?? begins }
}

function whatBegins({ next, context }: RunView): string {
  if (next.kind !== 'Hop') return context.target.text
  return next.hop.hosts === undefined ? next.hop.version.text : changesText(context.settings)
}

/** What the first of them waits for; the others have their own words in `inFlight`. */
function atWorkMessage(active: readonly NodeWork[]): string {
  const waits = active.find(({ turn }) => turn.message !== undefined)?.turn.message
  const [first] = active
  const others = active.length - 1
  const more = others > 0 ? ` (and ${others} more ${others === 1 ? 'node' : 'nodes'})` : ''
  return `${waits ?? `${first?.at.node.name}: ${first?.at.entry.step.toLowerCase()}`}${more}`.slice(0, longestMessage)
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }
}

function lowestServer({ groups }: RunView): string | undefined {
  const versions = groups.controlPlane.flatMap(({ kubeletVersion }) => parseVersion(kubeletVersion) ?? [])
  const sorted = versions.toSorted((a, b) => a.major - b.major || a.minor - b.minor || a.patch - b.patch)
  return sorted[0]?.text
}

function progressOf({ groups, context }: RunView): { readonly controlPlane: string; readonly nodes: string } {
  const isDone = doneJudge({ version: context.target }, context)
  const of = (nodes: readonly NodeFacts[]) => `${nodes.filter(isDone).length}/${nodes.length}`
  return { controlPlane: of(groups.controlPlane), nodes: of(groups.pools.flatMap(({ nodes }) => nodes)) }
}

/**
 * By its pools a run that has begun knows those that a changed spec adds: what is refused is not kept. The last batch of a pool is one until its nodes are done,
 * although nothing further is begun there.
 */
function poolsOf(view: RunView, started: Started): readonly PoolStatus[] {
  const { groups, next, context } = view
  const before = statusOfRun(context.facts.upgrade)
  if (next.kind === 'Refused' && before.startedAt !== undefined && before.pools !== undefined) return before.pools
  const isDone = doneJudge(next.kind === 'Hop' ? next.hop : { version: context.target }, context)
  const active = new Set(activeWorks(view).map(({ at }) => at.node.name))
  const atWorkStill = (pool: string) => {
    const known = before.pools?.find(({ name }) => name === pool)?.batch
    return known?.nodes.some((node) => active.has(node)) ? known : undefined
  }
  return groups.pools.map(({ settings: { name }, nodes }) => {
    const batches = started.batches.get(name)
    const batch = batches === undefined ? atWorkStill(name) : batches.batch
    const done = nodes.filter(isDone).length
    return {
      name,
      nodes: nodes.length,
      done,
      ...(batch === undefined ? {} : { batch }),
      ...(batches === undefined ? {} : { finishedBatches: batches.finishedBatches }),
    }
  })
}

function failedOf({ works }: RunView): readonly FailedStatus[] {
  const failed = works.flatMap(({ at: { node, entry } }) =>
    entry.failure === undefined ? [] : [{ node: node.name, entry, failure: entry.failure }],
  )
  const most = lengthOf(failed)
  return failed
    .slice(0, mostTold)
    .map(({ node, entry, failure: { reason, message } }) => ({ node, reason, message: message.slice(0, most), since: entry.since }))
}
