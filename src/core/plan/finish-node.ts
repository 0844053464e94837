import type { JobFacts } from '../kubernetes/job-facts.ts'
import { mungeVersion } from '../version/kubernetes-version.ts'
import { completedLabels } from './completed-labels.ts'
import { failNode, failureBeforeEdit, failureStands } from './fail-node.ts'
import { failureMessage, toldBefore } from './failure-message.ts'
import { parseGoDuration } from './go-duration.ts'
import { isTemplateChanged } from './job-for-node.ts'
import { isControlPlane } from './node-selection.ts'
import { deleteJob, type NodeAtWork, type NodeWork, type PlanContext, working } from './node-work.ts'
import type { PlanAction } from './plan-decision.ts'
import { letGo } from './restore-node.ts'

/** Decides what an ended Job of the Plan's present version means for its node. */
export function finishNode(at: NodeAtWork, job: JobFacts, context: PlanContext): NodeWork {
  return job.end?.kind === 'Failed' ? judgeFailed(at, job, context) : judgeComplete(at, job, context)
}

function judgeFailed(at: NodeAtWork, job: JobFacts, context: PlanContext): NodeWork {
  const { facts, nowMs } = context
  const standing = failureStands(at, context)
  if (standing !== undefined) return standing
  const known = facts.failures.get(job.uid)
  const previous = facts.plan.status?.conditions?.find((c) => c.type === 'Complete')?.message ?? ''
  if (known === undefined) {
    const message = toldBefore(previous, job)
    const read: PlanAction = { kind: 'ReadFailure', jobName: job.name, jobUid: job.uid }
    return working([read], { kind: 'Waiting', ...(message === undefined ? {} : { message }) })
  }
  const before = failureBeforeEdit(at, context)
  if (before !== undefined) return before
  const message = failureMessage({
    job,
    node: at.node.name,
    pods: facts.podsByJob?.get(job.name) ?? [],
    log: known.log,
    previous,
  })
  return failNode(at, context, { reason: 'JobFailed', message, job, atMs: job.end?.atMs ?? nowMs })
}

function judgeComplete(at: NodeAtWork, job: JobFacts, context: PlanContext): NodeWork {
  const unproven = verify(at, job, context)
  if (unproven !== undefined) return unproven
  const delayed = delay(at, job, context)
  if (delayed !== undefined) return delayed
  const { plan } = context.facts
  const labels = completedLabels({ plan, latestVersion: context.latestVersion, hash: context.latestHash })
  return working([{ kind: 'PatchNode', node: at.node.name, patch: { labels, ...letGo(at, job, context) } }], {
    events: [{ type: 'Normal', reason: 'JobComplete', message: `Job completed on Node ${at.node.name}` }],
  })
}

/** Exit code 0 proves nothing: a Kubernetes version has to be reported by the node, and a gated node has to be Ready. */
function verify(at: NodeAtWork, job: JobFacts, context: PlanContext): NodeWork | undefined {
  const { node } = at
  if (context.target !== undefined && mungeVersion(node.kubeletVersion) !== context.latestVersion) return notReached(at, job, context)
  const gated = context.options.healthGate === 'All' || (context.options.healthGate === 'ControlPlane' && isControlPlane(node))
  if (!gated || node.ready) return undefined
  return { kind: 'Waiting', message: `Node ${node.name} is not Ready after its upgrade`, actions: [], events: [] }
}

/** The node still reports another version: it may take its time, then it has failed. */
function notReached(at: NodeAtWork, job: JobFacts, context: PlanContext): NodeWork {
  const standing = failureStands(at, context)
  if (standing !== undefined) return standing
  const before = failureBeforeEdit(at, context)
  if (before !== undefined) return isTemplateChanged(at, job, context) ? discardJob(at, job, context) : before
  const untilMs = (job.end?.atMs ?? context.nowMs) + context.facts.settings.verifyTimeoutMs
  const reports = `Node ${at.node.name} reports ${at.node.kubeletVersion || 'no version'}`
  if (context.nowMs < untilMs) {
    return { kind: 'Waiting', message: `${reports}; waiting for ${context.latestVersion}`, actions: [], events: [], wakeAtMs: untilMs }
  }
  const message = `Job ${job.namespace}/${job.name} succeeded, but ${reports} instead of ${context.latestVersion}; see what the image did on the node, then edit the Plan to try again`
  return failNode(at, context, { reason: 'NotReached', message, job, atMs: untilMs })
}

/** `postCompleteDelay`: the node serves again at once, its slot is given back and its label set later. */
function delay(at: NodeAtWork, job: JobFacts, context: PlanContext): NodeWork | undefined {
  const text = context.facts.plan.spec.postCompleteDelay
  const delayMs = Number(parseGoDuration(text ?? '0s') ?? 0) / 1e6
  const untilMs = (job.end?.atMs ?? context.nowMs) + delayMs
  // without a delay a cluster whose clock is ahead of this one is not waited for
  if (delayMs === 0 || context.nowMs >= untilMs) return undefined
  const patch = letGo(at, job, context)
  const actions: PlanAction[] = patch === undefined ? [] : [{ kind: 'PatchNode', node: at.node.name, patch }]
  const message = `Job completed on Node ${at.node.name}, waiting ${text} PostCompleteDelay`
  const told = context.facts.plan.status?.conditions?.some((c) => c.type === 'Complete' && c.message?.includes(message)) === true
  return {
    kind: 'Waiting',
    message,
    actions,
    events: told ? [] : [{ type: 'Normal', reason: 'JobCompleteWaiting', message }],
    wakeAtMs: untilMs,
  }
}

/** An ended Job that no longer counts: the node gets back what the Job's work had taken from it, and the Job goes. */
export function discardJob(at: NodeAtWork, job: JobFacts, context: PlanContext): NodeWork {
  const patch = letGo(at, job, context)
  const restore: PlanAction[] = patch === undefined ? [] : [{ kind: 'PatchNode', node: at.node.name, patch }]
  return working([...restore, deleteJob(job)])
}
