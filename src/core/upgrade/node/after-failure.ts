import { nextAttempt } from '../jobs/node-jobs.ts'
import { withoutSoftTaint } from '../pods/soft-taint.ts'
import { isGivenUp } from '../run/run-phase.ts'
import type { RunEntry } from '../run-journal.ts'
import { ownsCordon, quarantineLabel, uncordoned, withoutCordon } from './node-cordon.ts'
import { stepsOf } from './node-steps.ts'
import { atStep, type NodeAtWork, type NodeTurn, patchNode, type RunContext, working } from './node-turn.ts'

/** A node that failed is tried anew when the run was continued, and given back when it was given up. */
export function afterFailure(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  if (isGivenUp(context)) return node.ready ? giveBack(at) : { kind: 'Failed', actions: [] }
  const continued = entry.failure !== undefined && context.settings.continueFrom >= entry.failure.stop
  if (continued && context.settings.action === 'Run') {
    return working([patchNode(at, { entry: anotherTry(at, context.nowMs), labels: { [quarantineLabel]: null } })])
  }
  // it serves again as far as it can, unless it was set aside or is still being changed
  const mayServe = entry.step === 'Failed' && node.ready && ownsCordon(entry) && !stepsOf(at).mayBeChanging(at)
  if (!mayServe) return { kind: 'Failed', actions: [] }
  return { kind: 'Failed', actions: [patchNode(at, { ...uncordoned(at), entry: withoutCordon(entry) })] }
}

/** Where a node goes on that failed: nothing that was done is done again. */
function anotherTry(at: NodeAtWork, nowMs: number): RunEntry {
  // what was moved was counted when the node had failed
  const { moves: _, ...entry } = at.entry
  const steps = stepsOf(at)
  if (steps.isChanged(at)) return atStep(entry, 'Verifying', nowMs, { tries: 1 })
  if (steps.mayBeChanging(at)) return atStep(entry, 'Changing', nowMs, { tries: 1, ...steps.continued(at) })
  return atStep(entry, 'Staging', nowMs, { attempt: nextAttempt(at), tries: 1 })
}

/** Everything of the run is taken off the node. */
export function giveBack(at: NodeAtWork): NodeTurn {
  const { node } = at
  return {
    kind: 'Given',
    actions: [
      ...stepsOf(at).leave(at),
      patchNode(at, {
        entry: null,
        ...uncordoned(at),
        ...withoutSoftTaint(node),
        ...(node.labels[quarantineLabel] === undefined ? {} : { labels: { [quarantineLabel]: null } }),
      }),
    ],
  }
}
