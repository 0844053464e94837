import { timestamp } from '../kubernetes/timestamp.ts'
import { jobFor } from './job-for-node.ts'
import type { JournalEntry } from './journal.ts'
import { currentEntry, newEntry } from './journal-entry.ts'
import { type NodeAtWork, type NodeWork, type PlanContext, working } from './node-work.ts'
import type { PlanAction } from './plan-decision.ts'
import { withJournal } from './restore-node.ts'

/** Writes the journal entry before the node is touched, unless it stands there already; with `unschedulable` the same write cordons the node. */
export function keepEntry(at: NodeAtWork, context: PlanContext, step: JournalEntry['step'], unschedulable?: true): readonly PlanAction[] {
  const kept = currentEntry(at, context)
  if (kept?.step === step && unschedulable === undefined) return []
  const since = kept?.step === step ? kept.since : timestamp(context.nowMs)
  const entry: JournalEntry = { ...(kept ?? newEntry(at, context)), step, since }
  const patch = withJournal(at, entry, unschedulable === undefined ? {} : { unschedulable })
  return [{ kind: 'PatchNode', node: at.node.name, patch }]
}

/** Makes the node's Job, after `first`. */
export function beginJob(at: NodeAtWork, context: PlanContext, first: readonly PlanAction[]): NodeWork {
  const built = jobFor(at, context)
  if (built.kind === 'Refused') return { kind: 'Failed', reason: 'JobFailed', message: built.message, actions: [], events: [] }
  return working([...first, { kind: 'CreateJob', node: at.node.name, job: built.job }])
}
