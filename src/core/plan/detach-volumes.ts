import { drainPolicy } from '../drain/drain-policy.ts'
import { volumesLeft } from '../drain/volumes-left.ts'
import { timestamp } from '../kubernetes/timestamp.ts'
import { beginJob, keepEntry } from './begin-job.ts'
import { failNode } from './fail-node.ts'
import { formatGoDuration } from './go-duration.ts'
import { currentEntry } from './journal-entry.ts'
import { type NodeAtWork, type NodeWork, type PlanContext, working } from './node-work.ts'
import { withJournal } from './restore-node.ts'

/**
 * No pod is left that has to go: the upgrade's Job is made when their volumes are detached as well. That may take the time of `spec.drain.timeout` once
 * more, counted from the journal.
 */
export function detachVolumes(at: NodeAtWork, context: PlanContext): NodeWork {
  const { node } = at
  const { facts, nowMs } = context
  const entry = currentEntry(at, context)
  const since = entry?.drainedAt
  const drainedAtMs = since === undefined ? nowMs : Date.parse(since)
  const left = volumesLeft(facts, { node, pods: facts.drains.get(node.name)?.pods ?? [], drainedAtMs })
  if (left.kind === 'Detached' || entry === undefined) return beginJob(at, context, keepEntry(at, context, 'Upgrade'))
  if (since === undefined) return beginWait(at, { ...entry, drainedAt: timestamp(nowMs) })
  const { timeoutMs } = drainPolicy(facts.plan.spec.drain ?? {})
  if (timeoutMs !== undefined && nowMs >= drainedAtMs + timeoutMs) return failNode(at, context, lateBy(timeoutMs, node.name, left.message))
  return {
    kind: 'Waiting',
    reason: 'Draining',
    message: `${node.name} is drained, and ${left.message}`,
    actions: [],
    events: [],
    drains: true,
    detaching: left.message,
    lookUp: left.lookUp,
    ...(timeoutMs === undefined ? {} : { wakeAtMs: drainedAtMs + timeoutMs }),
  }
}

/** The journal, not the process, remembers since when volumes are waited for. */
function beginWait(at: NodeAtWork, entry: Parameters<typeof withJournal>[1]): NodeWork {
  const action = { kind: 'PatchNode', node: at.node.name, patch: withJournal(at, entry) } as const
  return working([action], { drains: true, reason: 'Draining', kind: 'Waiting' })
}

function lateBy(timeoutMs: number, node: string, message: string): Parameters<typeof failNode>[2] {
  const limit = formatGoDuration(timeoutMs * 1e6)
  return { reason: 'DrainFailed', message: `${node} was drained, and ${limit} later ${message}; let it go, or raise spec.drain.timeout` }
}
