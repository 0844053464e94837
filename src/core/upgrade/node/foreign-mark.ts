import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { parseRunEntry, type RunEntry } from '../run-journal.ts'
import type { OtherUpgrade } from '../upgrade-facts.ts'
import { changeTimeoutMs } from './step-work.ts'

/** What stands on a node that is not of this run. */
export type ForeignMark =
  /** Another run works on it. */
  | { readonly kind: 'AtWork'; readonly name: string }
  /** One that was deleted has worked on it; what goes on there may go on until `endsAtMs`, and then it is given back. */
  | { readonly kind: 'Deleted'; readonly name: string; readonly endsAtMs: number }
  /** A run that has ended has given it up: the next one takes it on. */
  | { readonly kind: 'LeftOver'; readonly entry: RunEntry }
  | { readonly kind: 'Unreadable' }

/** Reads what another run than `uid` has written on a node; undefined where nothing has. */
export function foreignMark(
  node: Pick<NodeFacts, 'run'>,
  { uid, others }: { readonly uid: string; readonly others: readonly OtherUpgrade[] },
): ForeignMark | undefined {
  const read = parseRunEntry(node.run)
  if (read.kind === 'None') return undefined
  if (read.kind === 'Unreadable') return { kind: 'Unreadable' }
  const { entry } = read
  if (entry.run === uid) return undefined
  const other = others.find((one) => one.uid === entry.run)
  if (other === undefined) return ofDeleted(entry)
  const wasGivenUp = entry.step === 'Quarantined' || entry.step === 'Failed'
  return !other.active && wasGivenUp ? { kind: 'LeftOver', entry } : { kind: 'AtWork', name: entry.name }
}

function ofDeleted({ name, since }: RunEntry): ForeignMark {
  const endsAtMs = Date.parse(since) + changeTimeoutMs
  return Number.isNaN(endsAtMs) ? { kind: 'Unreadable' } : { kind: 'Deleted', name, endsAtMs }
}
