import type { JobFacts } from '../kubernetes/job-facts.ts'
import { hasInheritedCordon } from './inherited-cordon.ts'
import { formatJournal, type JournalEntry, mayUncordon, withEntry, withoutEntry } from './journal.ts'
import type { NodeAtWork, PlanContext } from './node-work.ts'
import type { NodePatch } from './plan-decision.ts'

/**
 * Whether the Plan's own cordon is to be taken back: what Falkirk itself did by the journal, or what it has taken over. Where there is a
 * journal, it counts and not how the node was seen last: nodes and Jobs are watched apart, and a Job may be seen to end before its cordon.
 */
function takesBackCordon(at: NodeAtWork, job: JobFacts | undefined, context: PlanContext): boolean {
  if (at.journalUnreadable) return false
  if (at.entry !== undefined) return mayUncordon(at.journal, context.planKey)
  return hasInheritedCordon(at, job, context.facts)
}

/** The patch that lets go of a node: schedulable as before, no journal entry of this Plan; `undefined` when nothing is to be changed. */
export function letGo(at: NodeAtWork, job: JobFacts | undefined, context: PlanContext): NodePatch | undefined {
  const uncordon = takesBackCordon(at, job, context)
  if (!uncordon && at.entry === undefined) return undefined
  return {
    ...(uncordon ? { unschedulable: false } : {}),
    ...(at.entry === undefined ? {} : { journal: formatJournal(withoutEntry(at.journal, context.planKey)) }),
  }
}

/** The patch that keeps an entry in the node's journal, with whatever else has to change in the same write. */
export function withJournal(at: NodeAtWork, entry: JournalEntry, more: NodePatch = {}): NodePatch {
  return { ...more, journal: formatJournal(withEntry(at.journal, entry)) }
}
