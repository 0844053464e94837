import type { JobFacts } from '../kubernetes/job-facts.ts'
import { runLabel } from '../kubernetes/run-label.ts'
import { isControlPlane, sortedByName } from '../plan/node-selection.ts'
import { upgradeSettings } from './api/upgrade-settings.ts'
import type { ClusterUpgradeStatus, StopStatus } from './api/upgrade-status.ts'
import { fullPoolStop } from './batches/full-pool.ts'
import { holdersToAsk } from './batches/next-server.ts'
import { stageAhead } from './batches/stage-ahead.ts'
import { startNodes } from './batches/start-nodes.ts'
import { heldByBudget } from './batches/unavailable-budget.ts'
import { clearAhead } from './jobs/ahead-jobs.ts'
import { jobNodeAnnotation } from './jobs/upgrade-job.ts'
import { decideNode } from './node/decide-node.ts'
import type { NodeAtWork, NodeTurn, RunContext } from './node/node-turn.ts'
import { freeNodes, steerPods } from './pods/steer-pods.ts'
import { judgeEnd } from './run/judge-end.ts'
import { judgeHold } from './run/judge-hold.ts'
import { riskProblem } from './run/known-risks.ts'
import type { NextHop } from './run/next-hop.ts'
import { nextHop } from './run/path-of-run.ts'
import { poolProblem } from './run/pool-problem.ts'
import { groupNodes, type NodeGroups } from './run/pools.ts'
import { failNode, failureStop, heldUpStop } from './run/run-failures.ts'
import type { NodeWork, RunView, SeenRun } from './run/run-view.ts'
import { boundaryStop } from './run/stop-after.ts'
import { takeStock } from './run/take-stock.ts'
import { targetOfRun, versionProblem } from './run/target-of-run.ts'
import { parseRunEntry, type RunEntry } from './run-journal.ts'
import { reportUpgrade } from './status/report-upgrade.ts'
import { runStory } from './status/run-story.ts'
import { standingStill } from './status/standing-still.ts'
import { statusOfRun } from './status/status-of-run.ts'
import { refusedStatus } from './status/waiting-status.ts'
import type { UpgradeDecision } from './upgrade-decision.ts'
import type { UpgradeFacts } from './upgrade-facts.ts'

/** Facts older than this prove nothing: a watch that is alive says something about once a minute. */
const staleAfterMs = 180_000
const staleRecheckMs = 5_000

/**
 * Decides everything about one ClusterUpgrade: its status, what has to be done now, and when to look again. Pure: the same facts at the same time give
 * the same decision, and one that has been carried out leads to one without actions. What a run remembers is on the nodes; of its status only
 * batches and stops are read again, and losing those makes it more careful.
 */
export function decideUpgrade(known: UpgradeFacts, nowMs: number): UpgradeDecision {
  if (known.factsAgeMs > staleAfterMs) return standStill(known, nowMs)
  const facts = { ...known, nodes: sortedByName(known.nodes) }
  const settings = upgradeSettings(facts.upgrade.spec)
  const target = targetOfRun({ settings, facts })
  if (target === undefined) {
    const status = refusedStatus(facts.upgrade, `${versionProblem({ settings, facts })}${standingStill(facts)}`, nowMs)
    return { status, actions: freeNodes({ facts }), events: [], story: storyOf(facts, status), drainNodes: [] }
  }
  const lastStop = facts.upgrade.status?.stop
  const isStopped = lastStop !== undefined && lastStop.number > settings.continueFrom
  // nothing is continued from a stop that is still to come
  const stopNumber = isStopped ? lastStop.number : Math.max(lastStop?.number ?? 0, settings.continueFrom) + 1
  const groups = groupNodes(facts.nodes, settings)
  const started = nodesAtWork(facts)
  const context: RunContext = { facts, settings, target, stopNumber, nowMs, held: heldByBudget(groups.pools, started) }
  const works = started.map((at) => ({ at, turn: told(decideNode(at, context), facts.refusals.get(at.node.name)) }))
  const problem = specProblem(context)
  const remaining = withoutSetAside(groups, works)
  const next: NextHop = problem === undefined ? nextHop(remaining, context) : { kind: 'Refused', message: problem }
  const stop = isStopped ? lastStop : newStop(works, { context, groups, remaining, next })
  const hold = judgeHold({ context, works, next, stop })
  const seen: SeenRun = { context, groups, next, works, hold, stop: stop ?? lastStop }
  const view: RunView = { ...seen, end: judgeEnd(seen), stock: takeStock(seen) }
  const begun = view.stock.kind === 'Missing' ? view.stock.started : startNodes(view)
  const failures = works.flatMap((work) => (work.turn.kind === 'Failing' ? [failNode(work, view)] : []))
  const status = reportUpgrade(view, begun)
  return {
    status,
    actions: [
      ...[...works.map(({ turn }) => turn.actions), ...failures, ...begun.actions],
      ...[...stageAhead(view), ...clearAhead(view), ...steerPods(view, begun)],
    ].filter((list) => list.length > 0),
    events: works.flatMap(({ turn }) => turn.events ?? []),
    story: storyOf(facts, status),
    drainNodes: works.filter(({ turn }) => turn.drains === true).map(({ at }) => at.node.name),
    controlPlanesAtWork: works.filter(({ at }) => isControlPlane(at.node)).map(({ at }) => at.node.name),
    ...volumesToWatch(works),
    ...canaryToAsk(works),
    ...holders(view),
    ...(view.stock.kind === 'Missing' || view.end?.readsHealth ? { readsHealth: true } : {}),
    ...wake([...works.map(({ turn }) => turn.wakeAtMs), hold?.wakeAtMs, begun.wakeAtMs, view.end?.wakeAtMs]),
  }
}

interface FoundOfRun {
  readonly context: RunContext
  readonly groups: NodeGroups
  /** Without the nodes that were set aside. */
  readonly remaining: NodeGroups
  readonly next: NextHop
}

/** Why the run stops now, if it does. */
function newStop(works: readonly NodeWork[], { context, groups, remaining, next }: FoundOfRun): StopStatus | undefined {
  const failed = failureStop(works, context) ?? heldUpStop(works, next, context) ?? fullPoolStop(works, { groups, next, context })
  return failed ?? boundaryStop(works, { context, groups: remaining, next })
}

/** What is wrong with the spec on this cluster: one sentence that names the field and the fix. */
function specProblem({ settings, facts }: RunContext): string | undefined {
  return (
    versionProblem({ settings, facts }) ??
    riskProblem(facts.upgrade.spec.acceptedRisks) ??
    poolProblem(facts.nodes, settings, knownPools(facts))
  )
}

/** Pools that the run has begun with, also while its spec was refused since; undefined when it has not begun. */
function knownPools({ upgrade }: UpgradeFacts): ReadonlySet<string> | undefined {
  const { startedAt, pools = [] } = statusOfRun(upgrade)
  return startedAt === undefined ? undefined : new Set(pools.map(({ name }) => name))
}

const beforeChange: ReadonlySet<RunEntry['step']> = new Set(['Staging', 'Draining', 'Detaching'])

/** VolumeAttachments are known by the time that a node is drained; that they may not be watched is known before it is disturbed. */
function volumesToWatch(works: readonly NodeWork[]): Pick<UpgradeDecision, 'volumes'> {
  if (!works.some(({ at, turn }) => turn.kind === 'Working' && beforeChange.has(at.entry.step))) return {}
  return { volumes: [...new Set(works.flatMap(({ turn }) => turn.lookUp ?? []))] }
}

/** Members of the control plane are changed one at a time, so there is one at most. */
function canaryToAsk(works: readonly NodeWork[]): Pick<UpgradeDecision, 'asksCanary'> {
  const [asksCanary] = works.flatMap(({ turn }) => turn.asksCanary ?? [])
  return asksCanary === undefined ? {} : { asksCanary }
}

function holders(view: RunView): Pick<UpgradeDecision, 'asksHolders'> {
  const asksHolders = holdersToAsk(view)
  return asksHolders.length === 0 ? {} : { asksHolders }
}

/** The run goes on without the nodes that were set aside, unless they are tried again. */
function withoutSetAside({ controlPlane, pools }: NodeGroups, works: readonly NodeWork[]): NodeGroups {
  const setAside = new Set(
    works.filter(({ at, turn }) => at.entry.step === 'Quarantined' && turn.kind === 'Failed').map(({ at }) => at.node.name),
  )
  return { controlPlane, pools: pools.map((pool) => ({ ...pool, nodes: pool.nodes.filter(({ name }) => !setAside.has(name)) })) }
}

/** Old facts start nothing, end nothing, and change no word of the status. */
function standStill(facts: UpgradeFacts, nowMs: number): UpgradeDecision {
  return { status: facts.upgrade.status ?? {}, actions: [], events: [], story: [], drainNodes: [], wakeAtMs: nowMs + staleRecheckMs }
}

function storyOf({ upgrade, nodes }: UpgradeFacts, after: ClusterUpgradeStatus): UpgradeDecision['story'] {
  return runStory({ before: statusOfRun(upgrade), after, isThere: (name) => nodes.some((node) => node.name === name) })
}

function nodesAtWork({ nodes, jobs, hostWork, upgrade }: UpgradeFacts): readonly NodeAtWork[] {
  const { uid } = upgrade.metadata
  const jobsByNode = new Map<string, JobFacts[]>()
  for (const job of jobs) {
    const name = job.annotations[jobNodeAnnotation] ?? ''
    if (job.labels[runLabel] === uid) jobsByNode.set(name, [...(jobsByNode.get(name) ?? []), job])
  }
  return nodes.flatMap((node) => {
    const parsed = parseRunEntry(node.run)
    if (parsed.kind !== 'Entry' || parsed.entry.run !== uid) return []
    const host = hostWork?.get(node.name)
    return [{ node, entry: parsed.entry, jobs: jobsByNode.get(node.name) ?? [], ...(host && { host }) }]
  })
}

/** What the API server refused is said for as long as it is tried again. */
function told(turn: NodeTurn, refusal: string | undefined): NodeTurn {
  return refusal === undefined || turn.actions.length === 0 ? turn : { ...turn, message: refusal }
}

function wake(times: readonly (number | undefined)[]): { wakeAtMs?: number } {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? {} : { wakeAtMs: Math.min(...known) }
}
