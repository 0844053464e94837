import { isControlPlane } from '../plan/node-selection.ts'
import type { RunView } from './run-view.ts'
import { bearersOf } from './soft-taint.ts'
import type { UpgradePhase } from './upgrade-status.ts'

export interface RunEnd {
  readonly phase: UpgradePhase
  readonly message: string
}

/**
 * Where a run stands that has arrived, and has no node at work. An end is told when nothing is left on any node: whoever is killed before that has
 * to go on.
 */
export function judgeEnd(view: RunView): RunEnd {
  const leaving = view.works.find(({ turn }) => turn.kind === 'Given')?.at.node
  if (leaving !== undefined) return { phase: isControlPlane(leaving) ? 'ControlPlane' : 'Nodes', message: `${leaving.name} is done` }
  const [tainted] = bearersOf(view.context)
  if (tainted !== undefined) return { phase: 'Nodes', message: `every node is done; the soft taint is taken from ${tainted.name}` }
  return arrived(view)
}

function arrived({ works, context }: RunView): RunEnd {
  const setAside = works.filter(({ at }) => at.entry.step === 'Quarantined').map(({ at }) => at.node.name)
  if (setAside.length === 0) return { phase: 'Complete', message: `the cluster runs ${context.target.text}` }
  const message = `all but ${setAside.slice(0, 5).join(', ')} run ${context.target.text}; see status.failed`
  return { phase: 'CompletedWithFindings', message }
}
