import type { JobFacts } from '../kubernetes/job-facts.ts'
import { podlessJob, stuckMessage } from './failure-message.ts'
import { discardJob, finishNode } from './finish-node.ts'
import { jobDeadlineSeconds } from './job-deadline.ts'
import { isTemplateChanged } from './job-for-node.ts'
import { hasBegun, isOutdated, type NodeAtWork, type NodeWork, type PlanContext, stageLabel, working } from './node-work.ts'
import type { PlanActions } from './plan-decision.ts'
import { letGo } from './restore-node.ts'
import { startNode } from './start-node.ts'

/** Decides what happens next to one node in progress, from its Job and its journal alone. */
export function workOnNode(at: NodeAtWork, context: PlanContext): NodeWork {
  if (at.jobs.some((j) => j.deleting)) return { kind: 'Waiting', actions: [], events: [] }
  const upgrade = newest(at.jobs.filter((j) => j.labels[stageLabel] === undefined))
  const job = upgrade ?? newest(at.jobs)
  if (!at.wanted) return leaveNode(at, job, context)
  if (job === undefined) return startNode(at, context)
  if (job.end === undefined) return watchJob(at, job, context)
  if (isOutdated(job, context)) return discardJob(at, job, context)
  if (job.labels[stageLabel] === 'prepare' && job.end.kind === 'Complete') return startNode(at, context)
  if (job.end.kind === 'Failed' && isMended(at, job, context)) return discardJob(at, job, context)
  return finishNode(at, job, context)
}

function newest(jobs: readonly JobFacts[]): JobFacts | undefined {
  return jobs.reduce<JobFacts | undefined>(
    (latest, j) => (latest === undefined || j.createdAtMs > latest.createdAtMs ? j : latest),
    undefined,
  )
}

/** A Job at work ends first, whatever the Plan says meanwhile; one that has not begun is replaced at once. */
function watchJob(at: NodeAtWork, job: JobFacts, context: PlanContext): NodeWork {
  const { facts } = context
  const outdated = isOutdated(job, context)
  const begun = hasBegun(job, facts)
  if (context.usable && !begun && (outdated || isTemplateChanged(at, job, context))) return withdrawJob(at, job, context)
  if (context.usable && outdated) {
    const version = job.labels['upgrade.cattle.io/version']
    const message = `Job ${job.namespace}/${job.name} for version ${version} ends first on Node ${at.node.name}`
    return { kind: 'Working', message, actions: [], events: [] }
  }
  const previous = facts.plan.status?.conditions?.find((c) => c.type === 'Complete')?.message ?? ''
  const pods = facts.podsByJob?.get(job.name)
  const podless = podlessJob(job, at.node.name, pods)
  const actions = [...setDeadline(job, context), ...startJob(job)]
  if (podless !== undefined && context.nowMs < podless.sinceMs) return working(actions, { wakeAtMs: podless.sinceMs })
  const message = podless?.message ?? stuckMessage(job, at.node.name, pods ?? [], previous)
  return working(actions, message === undefined ? {} : { message })
}

/** The Plan was edited in what made the Job fail, or may have. */
function isMended(at: NodeAtWork, job: JobFacts, context: PlanContext): boolean {
  const longer = job.end?.reason === 'DeadlineExceeded' && setDeadline(job, context).length > 0
  return longer || isTemplateChanged(at, job, context)
}

function startJob(job: JobFacts): PlanActions {
  return job.parallelism === 0 ? [{ kind: 'StartJob', name: job.name }] : []
}

/** A deadline that was edited holds for the Job at work. Source: system-upgrade-controller v0.20, which patches it as well. */
function setDeadline(job: JobFacts, { facts, usable }: PlanContext): PlanActions {
  const seconds = jobDeadlineSeconds(facts.plan.spec, facts.settings)
  return !usable || job.activeDeadlineSeconds === seconds ? [] : [{ kind: 'SetDeadline', name: job.name, seconds: seconds ?? null }]
}

/**
 * A Job that has not begun goes, and then its node is given back: its pod may be about to cordon the node until the moment in which it ends.
 * Without a journal nothing would remember that; then the node is given back first.
 */
function withdrawJob(at: NodeAtWork, job: JobFacts, context: PlanContext): NodeWork {
  if (at.entry === undefined) return discardJob(at, job, context)
  return working([{ kind: 'DeleteJob', name: job.name, uid: job.uid, waitsForPods: true }])
}

/** A node that the Plan no longer wants: its Job ends if it has begun, then everything is as it was before. */
function leaveNode(at: NodeAtWork, job: JobFacts | undefined, context: PlanContext): NodeWork {
  if (job !== undefined && job.end === undefined) {
    if (hasBegun(job, context.facts)) return working([], { message: `Job ${job.namespace}/${job.name} ends first on Node ${at.node.name}` })
    return withdrawJob(at, job, context)
  }
  const patch = letGo(at, job, context)
  if (patch === undefined) return { kind: 'Left', actions: [], events: [] }
  return working([{ kind: 'PatchNode', node: at.node.name, patch }])
}
