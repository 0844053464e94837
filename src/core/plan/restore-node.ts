import type { JobFacts } from '../kubernetes/job-facts.ts'
import { formatJournal, type JournalEntry, mayUncordon, withEntry, withoutEntry } from './journal.ts'
import type { NodeAtWork, PlanContext } from './node-work.ts'
import type { NodePatch } from './plan-decision.ts'

/**
 * Whether the Plan's own cordon is to be taken back. With a journal only what Falkirk itself did counts. Without one the Job was made by a
 * system-upgrade-controller, whose promise is kept: it makes a node schedulable again that its Job has cordoned.
 */
function takesBackCordon(at: NodeAtWork, job: JobFacts | undefined, context: PlanContext): boolean {
  if (!at.node.unschedulable || at.journalUnreadable) return false
  if (at.entry !== undefined) return mayUncordon(at.journal, context.planKey)
  return job?.cordons === true && job.annotations['falkirk.dev/template'] === undefined && at.journal.length === 0
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
