import { beginJob, keepEntry } from './begin-job.ts'
import { drainFirst } from './drain-first.ts'
import { failureStands } from './fail-node.ts'
import type { NodeAtWork, NodeWork, PlanContext } from './node-work.ts'
import type { PlanAction } from './plan-decision.ts'
import { letGo } from './restore-node.ts'
import { judgeNodeVersion } from './start-gate.ts'

/** Decides the next step for a node in progress that has no Job at work. */
export function startNode(at: NodeAtWork, context: PlanContext): NodeWork {
  const failed = failureStands(at, context)
  if (failed !== undefined) return failed
  if (!context.usable) return { kind: 'Waiting', actions: restore(at, context), events: [] }
  const verdict = judgeNodeVersion(at.node, context)
  if (verdict.verdict === 'Blocked') {
    return { kind: 'Blocked', reason: 'Blocked', message: verdict.message, actions: restore(at, context), events: [] }
  }
  const { drain, cordon } = context.facts.plan.spec
  if (drain !== undefined && context.options.drainBy === 'Controller') return drainFirst(at, context)
  const disturbs = drain !== undefined || cordon === true
  return beginJob(at, context, disturbs && !at.journalUnreadable ? keepEntry(at, context, 'Upgrade') : [])
}

/** While nothing may begin, the node is as it was before. */
function restore(at: NodeAtWork, context: PlanContext): readonly PlanAction[] {
  const patch = letGo(at, undefined, context)
  return patch === undefined ? [] : [{ kind: 'PatchNode', node: at.node.name, patch }]
}
