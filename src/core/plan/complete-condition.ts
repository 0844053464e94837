import type { Entry } from './decide-plan.ts'
import type { NodeWork, PlanContext } from './node-work.ts'
import { conditionOf, withCondition } from './plan-conditions.ts'
import type { PlanEvent } from './plan-decision.ts'
import type { PlanCondition } from './plan-status.ts'
import type { Resolution } from './resolve-plan.ts'

interface Input {
  readonly context: PlanContext
  readonly resolution: Resolution
  readonly works: ReadonlyMap<string, NodeWork>
  readonly entry: Entry
  /** Hostnames of the nodes in progress, as the status will name them. */
  readonly applying: readonly string[]
}

interface Verdict {
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
  readonly event?: PlanEvent
}

/**
 * The condition Complete: one reason, and one sentence on what holds the Plan up, if anything does. A failure outranks everything else,
 * so that it is not lost while other nodes go on.
 */
export function completeCondition(input: Input): { conditions: readonly PlanCondition[]; events: readonly PlanEvent[] } {
  const { context, resolution } = input
  const before = conditionOf(context.facts.plan.status?.conditions ?? [], 'Complete')
  const verdict = judge(input)
  const conditions = withCondition(resolution.conditions, 'Complete', verdict, context.nowMs)
  const changed = before?.reason !== verdict.reason || (before.message ?? '') !== verdict.message
  const told = verdict.event !== undefined && changed ? [verdict.event] : []
  return { conditions, events: [...syncEvent(input), ...told] }
}

function judge(input: Input): Verdict {
  const { context, resolution, works, entry } = input
  if (!resolution.usable) return { status: 'False', reason: 'NotReady', message: 'plan is not valid and resolved' }
  const problem = ofKind(works, 'Failed') ?? ofKind(works, 'Blocked') ?? ofKind(works, 'Waiting') ?? ofKind(works, 'Working')
  if (problem !== undefined) return { status: 'False', ...problem }
  if (input.applying.length > 0) return { status: 'False', reason: 'SyncJob', message: '' }
  if (entry.windowClosed) return waiting(context)
  if (entry.blocked !== undefined) return blocked(entry)
  return complete(context)
}

const reasons = { Failed: 'JobFailed', Blocked: 'Blocked', Waiting: 'SyncJob', Working: 'SyncJob' } as const

/** What the nodes of one kind have to say: the first three by name, the rest counted. */
function ofKind(works: ReadonlyMap<string, NodeWork>, kind: keyof typeof reasons): { reason: string; message: string } | undefined {
  const speaking = [...works.values()].filter((w) => w.kind === kind && w.message !== undefined)
  const [first] = speaking
  if (first === undefined) return undefined
  const rest = speaking.length > 3 ? `; and ${speaking.length - 3} more` : ''
  const message = speaking
    .slice(0, 3)
    .map((w) => w.message)
    .join('; ')
  return { reason: first.reason ?? reasons[kind], message: `${message}${rest}` }
}

function waiting({ latestVersion, latestHash }: PlanContext): Verdict {
  const message = 'current time is not within configured window'
  const told = `Waiting for start of Spec.Window to sync Jobs for version ${latestVersion}. Hash: ${latestHash}`
  return { status: 'False', reason: 'Waiting', message, event: { type: 'Normal', reason: 'Waiting', message: told } }
}

function blocked(entry: Entry): Verdict {
  const reason = entry.blocked?.reason ?? 'Blocked'
  const others = entry.waiting > 1 ? ` (${entry.waiting} nodes wait)` : ''
  const message = `${entry.blocked?.message ?? ''}${others}`
  return { status: 'False', reason, message, event: { type: 'Warning', reason, message } }
}

function complete({ latestVersion, latestHash }: PlanContext): Verdict {
  const told = `Jobs complete for version ${latestVersion}. Hash: ${latestHash}`
  return { status: 'True', reason: 'Complete', message: '', event: { type: 'Normal', reason: 'Complete', message: told } }
}

/** Said when the list of nodes in progress changes to another that is not empty. */
function syncEvent({ context, applying }: Input): readonly PlanEvent[] {
  const before = context.facts.plan.status?.applying ?? []
  if (applying.length === 0 || before.join() === applying.join()) return []
  const { latestVersion, latestHash } = context
  return [
    {
      type: 'Normal',
      reason: 'SyncJob',
      message: `Jobs synced for version ${latestVersion} on Nodes ${applying.join(',')}. Hash: ${latestHash}`,
    },
  ]
}
