import { type DrainDecision, decideDrain, drainMessage } from '../drain/decide-drain.ts'
import { drainPolicy } from '../drain/drain-policy.ts'
import { beginJob, keepEntry } from './begin-job.ts'
import { failNode } from './fail-node.ts'
import { jobFor } from './job-for-node.ts'
import { currentEntry } from './journal-entry.ts'
import { type NodeAtWork, type NodeWork, type PlanContext, stageLabel, working } from './node-work.ts'
import type { PlanAction } from './plan-decision.ts'
import { prepareJob } from './prepare-job.ts'

/** The controller drains the node itself: prepare (nothing disturbed), cordon, evict, and only then the upgrade's Job. */
export function drainFirst(at: NodeAtWork, context: PlanContext): NodeWork {
  if (at.journalUnreadable) {
    const message = `node ${at.node.name}: annotation falkirk.dev/journal cannot be read; remove it when the node's scheduling state is right`
    return { kind: 'Blocked', reason: 'Blocked', message, actions: [], events: [] }
  }
  const step = currentEntry(at, context)?.step
  if (step === 'Upgrade') return beginJob(at, context, [])
  if (step === 'Drain') return drainNode(at, context)
  const prepared = at.jobs.some((j) => j.labels[stageLabel] === 'prepare' && j.end?.kind === 'Complete')
  if (context.facts.plan.spec.prepare === undefined || prepared) return beginDrain(at, context)
  const built = jobFor(at, context)
  if (built.kind === 'Refused') return beginJob(at, context, [])
  return working([...keepEntry(at, context, 'Prepare'), { kind: 'CreateJob', node: at.node.name, job: prepareJob(built.job) }])
}

function beginDrain(at: NodeAtWork, context: PlanContext): NodeWork {
  return working(keepEntry(at, context, 'Drain', true), { drains: true, reason: 'Draining', kind: 'Waiting' })
}

function drainNode(at: NodeAtWork, context: PlanContext): NodeWork {
  const { facts, nowMs } = context
  const drain = facts.drains.get(at.node.name)
  const policy = drainPolicy(facts.plan.spec.drain ?? {})
  if (drain === undefined) {
    return { kind: 'Waiting', reason: 'Draining', message: `${at.node.name}: reading its pods`, actions: [], events: [], drains: true }
  }
  // the journal, not the process, remembers when the drain began
  const progress = { ...drain.progress, startedAtMs: Date.parse(at.entry?.since ?? '') || nowMs }
  const decision = decideDrain({ ...drain, progress, node: at.node, policy, now: nowMs })
  const message = drainMessage(at.node, decision)
  switch (decision.kind) {
    case 'Cordon':
      return beginDrain(at, context)
    case 'Drained':
      return beginJob(at, context, keepEntry(at, context, 'Upgrade'))
    case 'Work':
      return {
        kind: 'Waiting',
        reason: 'Draining',
        message,
        actions: [],
        evictions: evictions(at, decision, policy.gracePeriodSeconds),
        events: [],
        drains: true,
        drain: decision,
        wakeAtMs: decision.wakeAtMs,
      }
    case 'Refused':
    case 'TimedOut':
      return failNode(at, context, { reason: 'DrainFailed', message })
  }
}

function evictions(
  at: NodeAtWork,
  decision: Extract<DrainDecision, { kind: 'Work' }>,
  gracePeriodSeconds: number | undefined,
): readonly PlanAction[] {
  const more = { node: at.node.name, ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) }
  return [
    ...decision.evict.map((pod) => ({ kind: 'EvictPod', pod, ...more }) as const),
    ...decision.remove.map((pod) => ({ kind: 'DeletePod', pod, ...more }) as const),
  ]
}
