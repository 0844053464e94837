import { z } from 'zod'

/**
 * One Plan's work on one node, kept in the node's annotation `falkirk.dev/journal` while the node is not back as it was.
 * It is written before the node is touched, so that whoever finds the node later knows what was Falkirk's doing.
 */
const JournalEntry = z.object({
  /** `namespace/name` of the Plan. */
  plan: z.string(),
  planUid: z.string(),
  hash: z.string(),
  /** How far the work came: `Prepare` runs before the node is disturbed. */
  step: z.enum(['Prepare', 'Drain', 'Upgrade', 'Failed']),
  /** RFC 3339: when this step began. */
  since: z.string(),
  /** RFC 3339: since when a drain by the controller has had no pod left, and waits for their volumes. */
  drainedAt: z.string().optional(),
  /** 1 for the first try. */
  attempt: z.number().int().positive(),
  /** What the node looked like before Falkirk touched it. */
  before: z.object({ unschedulable: z.boolean(), kubeletVersion: z.string(), bootId: z.string() }),
  /** Set when `step` is Failed. */
  failure: z
    .object({
      message: z.string(),
      reason: z.enum(['JobFailed', 'NotReached', 'DrainFailed']),
      /** Generation of the Plan that failed: the same one is not tried again in silence. */
      generation: z.number(),
      /** The node is schedulable again as it was before. */
      restored: z.boolean(),
    })
    .optional(),
})
export type JournalEntry = z.infer<typeof JournalEntry>

const Journal = z.array(JournalEntry)
/** All Plans' entries on one node; several Plans may work on a node at the same time. */
export type Journal = readonly JournalEntry[]

/**
 * Reads a node's journal. `Unreadable` (edited by hand, or written by a newer Falkirk) is not empty: whoever meets it leaves the
 * node's scheduling state alone.
 */
export function parseJournal(text: string | undefined): { kind: 'Journal'; entries: Journal } | { kind: 'Unreadable' } {
  if (text === undefined || text === '') return { kind: 'Journal', entries: [] }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { kind: 'Unreadable' }
  }
  const parsed = Journal.safeParse(json)
  return parsed.success ? { kind: 'Journal', entries: parsed.data } : { kind: 'Unreadable' }
}

/** The annotation's new value; `null` removes the annotation. */
export function formatJournal(entries: Journal): string | null {
  return entries.length === 0 ? null : JSON.stringify(entries)
}

export function withEntry(entries: Journal, entry: JournalEntry): Journal {
  return [...withoutEntry(entries, entry.plan), entry]
}

export function withoutEntry(entries: Journal, plan: string): Journal {
  return entries.filter((e) => e.plan !== plan)
}

/** An entry that may still hold the node's cordon. */
function holdsCordon(entry: JournalEntry): boolean {
  return entry.failure?.restored !== true
}

/**
 * Whether the node was unschedulable before any of the Plans at work touched it: a Plan that starts on a node which another Plan has
 * cordoned takes over what that one found.
 */
export function unschedulableBefore(entries: Journal, unschedulableNow: boolean): boolean {
  const first = entries.find(holdsCordon)
  return first === undefined ? unschedulableNow : first.before.unschedulable
}

/** Whether a node goes back to schedulable when `plan` lets go of it: only if Falkirk cordoned it and no other Plan is at work there. */
export function mayUncordon(entries: Journal, plan: string): boolean {
  const own = entries.find((e) => e.plan === plan)
  if (own === undefined || !holdsCordon(own) || own.before.unschedulable) return false
  return !entries.some((e) => e.plan !== plan && holdsCordon(e))
}
