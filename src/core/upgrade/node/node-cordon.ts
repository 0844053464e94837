import { timestamp } from '../../kubernetes/timestamp.ts'
import type { RunEntry } from '../run-journal.ts'
import type { NodeAtWork } from './node-turn.ts'

/** On nodes that were set aside: name of the run. */
export const quarantineLabel = 'falkirk.dev/quarantined'

/** Whether the cordon of a node is the run's. One that somebody else has set, before or after, is never taken back. */
export function ownsCordon({ step, cordonedAt }: Pick<RunEntry, 'step' | 'cordonedAt'>): boolean {
  // a soaking node has been given back already; the time is kept for the pods that were moved
  return cordonedAt !== undefined && step !== 'Soaking'
}

/**
 * What the entry of a node says once the run has cordoned it: how the node was found, and when. A node that somebody made schedulable meanwhile is found
 * anew: whoever had cordoned it before wants that no longer.
 */
export function withCordon({ node, entry }: Pick<NodeAtWork, 'node' | 'entry'>, nowMs: number): Partial<RunEntry> {
  if (ownsCordon(entry) && node.unschedulable) return {}
  return { cordonedAt: timestamp(nowMs), before: { ...entry.before, unschedulable: node.unschedulable } }
}

/** The entry of a node that is not cordoned by the run, or not any more. */
export function withoutCordon({ cordonedAt: _, ...entry }: RunEntry): RunEntry {
  return entry
}

/** The part of a patch that takes the run's cordon back. A node is never cordoned by it: whoever took a cordon away meanwhile wanted that. */
export function uncordoned({ node, entry }: Pick<NodeAtWork, 'node' | 'entry'>): { readonly unschedulable?: false } {
  return ownsCordon(entry) && node.unschedulable && !entry.before.unschedulable ? { unschedulable: false } : {}
}
