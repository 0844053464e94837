import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { completeCondition } from './complete-condition.ts'
import { drainStatus, drainStatusAnnotation } from './drain-status.ts'
import { nodeOf } from './job-node.ts'
import { parseJournal } from './journal.ts'
import { doneJudge, eligibleNodes, firstCandidates, hostnameOf, sortedByName } from './node-selection.ts'
import { hasBegun, type NodeAtWork, type NodeWork, nodeAtWork, type PlanContext } from './node-work.ts'
import type { PlanAction, PlanActions, PlanDecision } from './plan-decision.ts'
import type { PlanFacts } from './plan-facts.ts'
import { planOptions } from './plan-options.ts'
import type { PlanStatus } from './plan-status.ts'
import { type Resolution, resolvePlan } from './resolve-plan.ts'
import { type StartVerdict, startJudge, windowAllows } from './start-gate.ts'
import { sweepJobs } from './sweep-jobs.ts'
import { kubernetesTarget } from './version-guard.ts'
import { workOnNode } from './work-on-node.ts'

/**
 * Facts older than this prove nothing: a watch that is alive says something about once a minute (bookmarks), one that is silent for 90 s
 * is broken off and begun anew.
 */
const staleAfterMs = 180_000
const staleRecheckMs = 5_000

/** The window is looked at again this often while it is closed. */
const windowRecheckMs = 60_000

/**
 * Decides everything about one Plan: its status, what has to be done now, and when to look again. Pure: the same facts at the same time
 * give the same decision, and a decision that has been carried out leads to one without actions.
 *
 * A node is started here and nowhere else: it must be selected, not done, within `concurrency`, inside the window, and pass `startJudge`.
 * It enters `status.applying` first; its Job is made only when a later decision finds it there, so that a controller which is killed
 * in between goes on where it stopped.
 */
export function decidePlan(known: PlanFacts, clusterId: string, nowMs: number): PlanDecision {
  if (known.factsAgeMs > staleAfterMs) return standStill(known, nowMs)
  // a cache keeps nodes in the order in which they came: messages that name the first of several must not change with a restart
  const facts = { ...known, nodes: sortedByName(known.nodes) }
  const resolution = resolvePlan(facts, clusterId, nowMs)
  const context = planContext(facts, resolution, nowMs)
  const inProgress = nodesInProgress(context)
  const works = new Map([...inProgress].map(([name, at]) => [name, told(workOnNode(at, context), facts.refusals.get(name))] as const))
  const entry = enterNodes(context, works)
  const swept = sweepJobs(context, new Set(inProgress.keys()))
  const applying = applyingHostnames(context, works, entry.entering)
  const complete = completeCondition({ context, resolution, works, entry, applying })
  return {
    status: status(resolution, complete.conditions, applying),
    actions: [...actionLists(works), ...entry.stale.map((a) => [a]), ...swept.actions.map((a) => [a])],
    events: [...resolution.events, ...[...works.values()].flatMap((w) => w.events), ...complete.events],
    ...(resolution.poll === undefined ? {} : { poll: resolution.poll }),
    drainStatus: drainStatus(works),
    drainNodes: [...works].filter(([, w]) => w.drains === true).map(([name]) => name),
    lookUp: [...works.values()].flatMap((w) => w.lookUp ?? []),
    ...wake([...[...works.values()].map((w) => w.wakeAtMs), swept.wakeAtMs, entry.wakeAtMs]),
  }
}

/** Old facts start nothing, end nothing, and change no word of the status. */
function standStill(facts: PlanFacts, nowMs: number): PlanDecision {
  const said = facts.plan.metadata.annotations?.[drainStatusAnnotation] ?? null
  return {
    status: facts.plan.status ?? {},
    actions: [],
    events: [],
    drainStatus: said,
    drainNodes: [],
    lookUp: [],
    wakeAtMs: nowMs + staleRecheckMs,
  }
}

/** What the API server refused is said for as long as it is tried again. */
function told(work: NodeWork, refusal: string | undefined): NodeWork {
  if (refusal === undefined || work.actions.length === 0) return work
  return { ...work, kind: 'Failed', reason: 'Refused', message: refusal }
}

function planContext(facts: PlanFacts, resolution: Resolution, nowMs: number): PlanContext {
  const { plan } = facts
  return {
    facts,
    options: planOptions(plan.metadata.annotations ?? {}).options,
    latestVersion: resolution.latestVersion,
    latestHash: resolution.latestHash,
    usable: resolution.usable,
    target: kubernetesTarget({ image: plan.spec.upgrade.image, latestVersion: resolution.latestVersion }),
    selected: new Map(eligibleNodes(plan, facts.nodes).map((n) => [n.name, n] as const)),
    isDone: doneJudge(plan, resolution.latestHash),
    sharesFirstLabel: firstLabelJudge(facts.nodes),
    planKey: `${plan.metadata.namespace}/${plan.metadata.name}`,
    nowMs,
  }
}

/** Counts first labels when it is first asked: most decisions make no Job. */
function firstLabelJudge(nodes: readonly NodeFacts[]): (nodeName: string) => boolean {
  let counts: Map<string, number> | undefined
  return (nodeName) => {
    counts ??= countFirstLabels(nodes)
    return (counts.get(firstLabel(nodeName)) ?? 0) > 1
  }
}

function countFirstLabels(nodes: readonly NodeFacts[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { name } of nodes) counts.set(firstLabel(name), (counts.get(firstLabel(name)) ?? 0) + 1)
  return counts
}

function firstLabel(nodeName: string): string {
  const end = nodeName.indexOf('.')
  return end < 0 ? nodeName : nodeName.slice(0, end)
}

/**
 * The nodes that hold a slot: those in `status.applying` that still exist. A node with a Job at work holds one too, even when the status
 * does not name it (the status write was lost), unless nothing of it has begun.
 */
function nodesInProgress(context: PlanContext): ReadonlyMap<string, NodeAtWork> {
  const { facts, planKey, selected, isDone } = context
  const applying = new Set(facts.plan.status?.applying ?? [])
  const busy = new Set(facts.jobs.filter((j) => isAtWork(j, facts)).map(nodeOf))
  const holding = facts.nodes.filter((n) => applying.has(hostnameOf(n)) || busy.has(n.name) || hasOpenEntry(n, planKey))
  const jobs = new Map<string, JobFacts[]>(holding.map((n) => [n.name, []]))
  for (const job of facts.jobs) jobs.get(nodeOf(job))?.push(job)
  return new Map(holding.map((n) => [n.name, nodeAtWork(n, selected.has(n.name) && !isDone(n), jobs.get(n.name) ?? [], planKey)] as const))
}

/** The Plan still has to take something back on this node. */
function hasOpenEntry(node: NodeFacts, planKey: string): boolean {
  if (node.journal === undefined) return false
  const read = parseJournal(node.journal)
  const entry = read.kind === 'Journal' ? read.entries.find((e) => e.plan === planKey) : undefined
  return entry !== undefined && entry.failure?.restored !== true
}

function isAtWork(job: JobFacts, facts: PlanFacts): boolean {
  return job.end === undefined && !job.deleting && hasBegun(job, facts)
}

/** Which nodes begin now, and what holds the others back. */
export interface Entry {
  readonly entering: readonly NodeFacts[]
  /** Nodes that are selected and not done, and neither in progress nor entering. */
  readonly waiting: number
  /** The first verdict that holds a node back. */
  readonly blocked?: StartVerdict & { verdict: 'Blocked' }
  readonly windowClosed: boolean
  /** Ended Jobs of an earlier time on entering nodes: they would be taken for this one's. */
  readonly stale: readonly PlanAction[]
  readonly wakeAtMs?: number
}

function enterNodes(context: PlanContext, works: ReadonlyMap<string, NodeWork>): Entry {
  const { plan } = context.facts
  const nothing: Entry = { entering: [], waiting: 0, windowClosed: false, stale: [] }
  if (!context.usable) return nothing
  const held = [...works.values()].filter((w) => w.kind !== 'Left').length
  const concurrency = plan.spec.concurrency ?? 0
  if (concurrency <= 0) return nothing
  const candidates = [...context.selected.values()].filter((n) => !context.isDone(n) && !works.has(n.name))
  if (candidates.length === 0) return nothing
  const begun = (plan.status?.applying ?? []).length > 0
  if (!windowAllows(context, begun)) {
    return { ...nothing, waiting: candidates.length, windowClosed: true, wakeAtMs: context.nowMs + windowRecheckMs }
  }
  return pick(context, candidates, concurrency - held)
}

function pick(context: PlanContext, candidates: readonly NodeFacts[], free: number): Entry {
  const { facts, latestHash } = context
  if (free <= 0) return { entering: [], waiting: candidates.length, windowClosed: false, stale: [] }
  const mayStart = startJudge(context)
  const verdicts = candidates.map((node) => ({ node, verdict: mayStart(node) }))
  const allowed = verdicts.filter((v) => v.verdict.verdict === 'Go').map((v) => v.node)
  const blocked = verdicts.map((v) => v.verdict).find((v) => v.verdict === 'Blocked')
  const entering = firstCandidates(allowed, free, (n) => facts.orderKey(n.uid, facts.plan.metadata.uid, latestHash))
  const names = new Set(entering.map((n) => n.name))
  const stale = facts.jobs.filter((j) => names.has(nodeOf(j)) && j.end !== undefined && !j.deleting)
  return {
    entering,
    waiting: candidates.length - entering.length,
    ...(blocked === undefined ? {} : { blocked }),
    windowClosed: false,
    stale: stale.map((j) => ({ kind: 'DeleteJob', name: j.name, uid: j.uid })),
  }
}

/** `status.applying`: hostname label values of the nodes that hold a slot, ordered by node name. */
function applyingHostnames(context: PlanContext, works: ReadonlyMap<string, NodeWork>, entering: readonly NodeFacts[]): readonly string[] {
  const names = new Set([...[...works].filter(([, w]) => w.kind !== 'Left').map(([name]) => name), ...entering.map((n) => n.name)])
  return context.facts.nodes.filter((n) => names.has(n.name)).map(hostnameOf)
}

function actionLists(works: ReadonlyMap<string, NodeWork>): readonly PlanActions[] {
  const lists = [...works.values()].flatMap((w) => [w.actions, ...(w.evictions ?? []).map((e) => [e])])
  return lists.filter((l) => l.length > 0)
}

function status(resolution: Resolution, conditions: PlanStatus['conditions'], applying: readonly string[]): PlanStatus {
  return {
    conditions: [...(conditions ?? [])],
    ...(resolution.latestVersion === '' ? {} : { latestVersion: resolution.latestVersion }),
    ...(resolution.latestHash === '' ? {} : { latestHash: resolution.latestHash }),
    ...(applying.length === 0 ? {} : { applying: [...applying] }),
  }
}

function wake(times: readonly (number | undefined)[]): { wakeAtMs?: number } {
  const known = times.filter((t) => t !== undefined)
  return known.length === 0 ? {} : { wakeAtMs: Math.min(...known) }
}
