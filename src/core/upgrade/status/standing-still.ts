import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import type { ClusterUpgrade } from '../api/cluster-upgrade.ts'
import { parseRunEntry } from '../run-journal.ts'

/** What is said, behind the reason, of nodes that a run has started and cannot finish as its spec is written now; empty where there is none. */
export function standingStill({
  upgrade: {
    metadata: { uid },
  },
  nodes,
}: {
  readonly upgrade: Pick<ClusterUpgrade, 'metadata'>
  readonly nodes: readonly NodeFacts[]
}): string {
  const started = nodes.filter(({ run }) => {
    const read = parseRunEntry(run)
    return read.kind === 'Entry' && read.entry.run === uid && read.entry.step !== 'Quarantined'
  })
  if (started.length === 0) return ''
  const names = started.slice(0, 5).map(({ name }) => name)
  if (started.length === 1) return `; until then ${names[0]} stays as it is`
  return `; until then ${names.join(', ')}${started.length > 5 ? ' and others' : ''} stay as they are`
}
