import { type DrainDecision, decideDrain, drainMessage } from '../drain/decide-drain.ts'
import { drainPolicy } from '../drain/drain-policy.ts'
import { timestamp } from '../kubernetes/timestamp.ts'
import { beginJob, keepEntry } from './begin-job.ts'
import { detachVolumes } from './detach-volumes.ts'
import { failNode } from './fail-node.ts'
import { jobFor } from './job-for-node.ts'
import { currentEntry, newEntry } from './journal-entry.ts'
import { type NodeAtWork, type NodeWork, type PlanContext, stageLabel, working } from './node-work.ts'
import type { PlanAction } from './plan-decision.ts'
import { prepareJob } from './prepare-job.ts'
import { withJournal } from './restore-node.ts'

/** The controller drains the node itself: prepare (nothing disturbed), cordon, evict, see volumes detached, and only then the upgrade's Job. */
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
  const built = jobFor(at, context, 'Prepare')
  if (built.kind === 'Refused') return beginJob(at, context, [])
  return working([...keepEntry(at, context, 'Prepare'), { kind: 'CreateJob', node: at.node.name, job: prepareJob(built.job) }])
}

/** Nothing is cordoned for a drain that could not be carried out anyway: its pods are looked at first. */
function beginDrain(at: NodeAtWork, context: PlanContext): NodeWork {
  const decision = judgeDrain(at, context)
  if (decision === undefined) return readingPods(at, context)
  if (decision.kind === 'Refused') return failNode(at, context, { reason: 'DrainFailed', message: decision.message })
  const { nodes, volumes, volumesProblem = 'VolumeAttachments are being read' } = context.facts
  if (volumes === undefined && nodes.length > 1) return waitingFor(`${at.node.name} is not cordoned yet: ${volumesProblem}`)
  return cordon(at, context)
}

/** A node that somebody has made schedulable since it was drained may have new pods: its drain begins anew. */
function cordon(at: NodeAtWork, context: PlanContext): NodeWork {
  const more = { drains: true, reason: 'Draining', kind: 'Waiting' } as const
  const { drainedAt, ...entry } = currentEntry(at, context) ?? newEntry(at, context)
  if (drainedAt === undefined) return working(keepEntry(at, context, 'Drain', true), more)
  const patch = withJournal(at, { ...entry, since: timestamp(context.nowMs) }, { unschedulable: true })
  return working([{ kind: 'PatchNode', node: at.node.name, patch }], more)
}

function readingPods({ node }: NodeAtWork, { facts }: PlanContext): NodeWork {
  const problem = facts.drainProblems?.get(node.name)
  const message = problem === undefined ? `${node.name}: reading its pods` : `${node.name}: its pods cannot be read: ${problem}`
  return waitingFor(message)
}

function waitingFor(message: string): NodeWork {
  return { kind: 'Waiting', reason: 'Draining', message, actions: [], events: [], drains: true }
}

/** What the drain comes to now; `undefined` while the node's pods are not known. */
function judgeDrain(at: NodeAtWork, { facts, nowMs }: PlanContext): DrainDecision | undefined {
  const drain = facts.drains.get(at.node.name)
  if (drain === undefined) return undefined
  // the journal, not the process, remembers when the drain began
  const startedAtMs = at.entry?.step === 'Drain' ? Date.parse(at.entry.since) : nowMs
  const policy = drainPolicy(facts.plan.spec.drain ?? {})
  return decideDrain({ ...drain, progress: { ...drain.progress, startedAtMs }, node: at.node, policy, now: nowMs })
}

function drainNode(at: NodeAtWork, context: PlanContext): NodeWork {
  const decision = judgeDrain(at, context)
  if (decision === undefined) return readingPods(at, context)
  const message = drainMessage(at.node, decision)
  switch (decision.kind) {
    case 'Cordon':
      return cordon(at, context)
    case 'Drained':
      return detachVolumes(at, context)
    case 'Work':
      return {
        kind: 'Waiting',
        reason: 'Draining',
        message,
        actions: [],
        evictions: evictions(at, decision, drainPolicy(context.facts.plan.spec.drain ?? {}).gracePeriodSeconds),
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
