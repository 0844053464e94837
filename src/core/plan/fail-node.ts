import type { JobFacts } from '../kubernetes/job-facts.ts'
import { timestamp } from '../kubernetes/timestamp.ts'
import { type JournalEntry, mayUncordon } from './journal.ts'
import { newEntry } from './journal-entry.ts'
import { deleteJob, type NodeAtWork, type NodeWork, type PlanContext, working } from './node-work.ts'
import type { PlanAction, PlanEvent } from './plan-decision.ts'
import { withJournal } from './restore-node.ts'

/** Why a node's upgrade failed: its Job, its drain, or a version that was not reached. */
export interface Failure {
  readonly reason: 'JobFailed' | 'NotReached' | 'DrainFailed'
  readonly message: string
  readonly job?: JobFacts
  /** Epoch milliseconds; the back-off before the next try counts from here. */
  readonly atMs?: number
}

/** Journal annotations share 256 KiB a node with everybody else: a failure keeps 1,000 characters of its story. */
const keptCharacters = 1000

/**
 * Decides what follows from a failure: another try after a pause when the Plan asks for it, otherwise the failure is recorded on the node,
 * its slot stays taken, and the node is made schedulable again if Falkirk cordoned it and it is Ready.
 */
export function failNode(at: NodeAtWork, context: PlanContext, failure: Failure): NodeWork {
  const attempt = at.entry?.hash === context.latestHash ? at.entry.attempt : attemptOf(failure.job)
  // the journal is written first: what is left over of the try before says nothing about this one
  if (failure.job !== undefined && attemptOf(failure.job) < attempt && at.entry?.step !== 'Failed') return working([deleteJob(failure.job)])
  const again = attempt <= context.options.retry.count
  // without a Job nothing but the journal can tell since when it has failed
  return again && failure.job !== undefined
    ? retryLater(at, context, { ...failure, job: failure.job }, attempt)
    : recordFailure(at, context, failure, attempt)
}

function attemptOf(job: JobFacts | undefined): number {
  return Number(job?.annotations['falkirk.dev/attempt'] ?? '1') || 1
}

function retryLater(at: NodeAtWork, context: PlanContext, failure: Failure & { job: JobFacts }, attempt: number): NodeWork {
  const dueMs = (failure.atMs ?? context.nowMs) + pauseMs(context, attempt)
  if (context.nowMs < dueMs) return retryAt(dueMs, context, failure.message, attempt)
  const entry: JournalEntry = {
    ...(at.entry ?? newEntry(at, context)),
    hash: context.latestHash,
    step: at.entry?.step === 'Drain' ? 'Drain' : 'Upgrade',
    since: timestamp(context.nowMs),
    attempt: attempt + 1,
  }
  const actions: PlanAction[] = [
    { kind: 'PatchNode', node: at.node.name, patch: withJournal(at, withoutFailure(entry)) },
    deleteJob(failure.job),
  ]
  return { kind: 'Working', actions, events: [failureEvent(failure)] }
}

/** The pause after the first failure, doubled with each further one. */
function pauseMs({ options }: PlanContext, attempt: number): number {
  const { backoffMs, maxBackoffMs } = options.retry
  return Math.min(backoffMs * 2 ** (attempt - 1), maxBackoffMs)
}

function retryAt(dueMs: number, { options }: PlanContext, problem: string, attempt: number): NodeWork {
  const message = `${problem}; try ${attempt + 1} of ${options.retry.count + 1} at ${timestamp(dueMs)}`
  return { kind: 'Waiting', reason: 'Retrying', message, actions: [], events: [], wakeAtMs: dueMs }
}

function withoutFailure({ failure: _, ...entry }: JournalEntry): JournalEntry {
  return entry
}

function recordFailure(at: NodeAtWork, context: PlanContext, failure: Failure, attempt: number): NodeWork {
  const uncordons = takesBack(at, context)
  // an own cordon that is not seen yet is still to come
  const restored = uncordons || !(at.node.unschedulable || mayUncordon(at.journal, context.planKey))
  const entry: JournalEntry = {
    ...(at.entry ?? newEntry(at, context)),
    hash: context.latestHash,
    planUid: context.facts.plan.metadata.uid,
    step: 'Failed',
    since: timestamp(context.nowMs),
    attempt,
    failure: {
      message: cut(failure.message),
      reason: failure.reason,
      generation: context.facts.plan.metadata.generation ?? 0,
      restored,
    },
  }
  const uncordon = uncordons ? { unschedulable: false } : {}
  return {
    kind: 'Failed',
    reason: failure.reason,
    message: failure.message,
    actions: [{ kind: 'PatchNode', node: at.node.name, patch: withJournal(at, entry, uncordon) }],
    events: [failureEvent(failure)],
  }
}

/** A node that is not Ready keeps its cordon: it would get pods the moment its kubelet answers again. */
function takesBack(at: NodeAtWork, context: PlanContext): boolean {
  return at.node.ready && mayUncordon(at.journal, context.planKey)
}

function failureEvent(failure: Failure): PlanEvent {
  return { type: 'Warning', reason: failure.reason, message: failure.message }
}

function cut(text: string): string {
  return text.length <= keptCharacters ? text : `${text.slice(0, keptCharacters - 1)}…`
}

/**
 * Whether a recorded failure still stands, and then what it comes to: nothing is tried again in silence. It ends when the Plan means
 * another hash or was edited; where the Plan asks for more tries, the next one begins after a pause.
 */
export function failureStands(at: NodeAtWork, context: PlanContext): NodeWork | undefined {
  const { entry } = at
  if (entry?.failure === undefined || entry.hash !== context.latestHash || entry.planUid !== context.facts.plan.metadata.uid)
    return undefined
  if (entry.failure.generation !== (context.facts.plan.metadata.generation ?? 0)) return undefined
  const standing = standingFailure(at, context, entry, entry.failure)
  return entry.attempt <= context.options.retry.count ? retryRecorded(at, context, entry, standing) : standing
}

/**
 * A recorded failure of this hash that stands no longer because the Plan was edited since, and for which no try is left: the ended Job stays
 * until its time is up, and with it the verdict.
 */
export function failureBeforeEdit({ entry }: NodeAtWork, { latestHash, options }: PlanContext): NodeWork | undefined {
  if (entry?.failure === undefined || entry.hash !== latestHash || entry.attempt <= options.retry.count) return undefined
  return { kind: 'Failed', reason: entry.failure.reason, message: entry.failure.message, actions: [], events: [] }
}

/** A recorded failure that is tried again: the node has its scheduling back meanwhile, and the next try begins with a new entry. */
function retryRecorded(at: NodeAtWork, context: PlanContext, entry: JournalEntry, standing: NodeWork): NodeWork {
  const dueMs = Date.parse(entry.since) + pauseMs(context, entry.attempt)
  if (context.nowMs < dueMs || standing.actions.length > 0) {
    return { ...retryAt(dueMs, context, standing.message ?? '', entry.attempt), actions: standing.actions }
  }
  const next: JournalEntry = { ...newEntry(at, context), step: 'Prepare', attempt: entry.attempt + 1 }
  return working([{ kind: 'PatchNode', node: at.node.name, patch: withJournal(at, next) }])
}

function standingFailure(
  at: NodeAtWork,
  context: PlanContext,
  entry: JournalEntry,
  failure: NonNullable<JournalEntry['failure']>,
): NodeWork {
  const base = { kind: 'Failed', reason: failure.reason, message: failure.message, events: [] } as const
  if (failure.restored || !takesBack(at, context)) return { ...base, actions: [] }
  const restored = { ...entry, failure: { ...failure, restored: true } }
  const patch = withJournal(at, restored, { unschedulable: false })
  return { ...base, actions: [{ kind: 'PatchNode', node: at.node.name, patch }] }
}
