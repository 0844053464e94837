import { timestamp } from '../kubernetes/timestamp.ts'
import { hasInheritedCordon } from './inherited-cordon.ts'
import { type JournalEntry, unschedulableBefore } from './journal.ts'
import type { NodeAtWork, PlanContext } from './node-work.ts'

/** The node's entry if it belongs to this very Plan and hash and is no failure. */
export function currentEntry(at: NodeAtWork, context: PlanContext): JournalEntry | undefined {
  const { entry } = at
  const own = entry?.hash === context.latestHash && entry.planUid === context.facts.plan.metadata.uid
  return own && entry.step !== 'Failed' ? entry : undefined
}

/** An entry for work that begins now; what the node looked like before is taken over from an entry that is still open. */
export function newEntry(at: NodeAtWork, context: PlanContext): JournalEntry {
  const open = at.entry?.failure?.restored === true ? undefined : at.entry
  const inherited = at.jobs.some((job) => hasInheritedCordon(at, job, context.facts))
  return {
    plan: context.planKey,
    planUid: context.facts.plan.metadata.uid,
    hash: context.latestHash,
    step: 'Upgrade',
    since: timestamp(context.nowMs),
    attempt: 1,
    before: open?.before ?? {
      unschedulable: !inherited && unschedulableBefore(at.journal, at.node.unschedulable),
      kubeletVersion: at.node.kubeletVersion,
      bootId: at.node.bootId,
    },
  }
}
