import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { parseRunEntry, type RunEntry } from '../run-journal.ts'
import type { OtherUpgrade } from '../upgrade-facts.ts'

/** What stands on a node that is not of this run. */
export type ForeignMark =
  /** Another run works on it, or one that is gone has. */
  | { readonly kind: 'AtWork'; readonly name: string }
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
  const hasEnded = others.some((other) => other.uid === entry.run && !other.active)
  const wasGivenUp = entry.step === 'Quarantined' || entry.step === 'Failed'
  return hasEnded && wasGivenUp ? { kind: 'LeftOver', entry } : { kind: 'AtWork', name: entry.name }
}
