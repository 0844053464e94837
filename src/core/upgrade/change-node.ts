import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { failureMessage, podlessJob, stuckMessage } from '../plan/failure-message.ts'
import { isControlPlane } from '../plan/node-selection.ts'
import { createJob, isReached, jobOfStep } from './node-jobs.ts'
import { atStep, failing, type NodeAtWork, type NodeTurn, patchNode, type RunContext, working } from './node-turn.ts'

/** A Job that is at work for longer than this is not going to end well. */
export const changeTimeoutMs = 3_600_000
/** Machines that install packages and reboot are away for some minutes; one that is away for longer needs somebody. */
const awayTimeoutMs = 1_200_000
const firstBackOffMs = 30_000

/** Decides what happens to a drained node until its Job has ended well. A Job that was made is found again by its name, and never made twice. */
export function changeNode(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { facts, nowMs } = context
  const job = jobOfStep(at, 'Change')
  if (job?.end?.kind === 'Complete' || (job === undefined && isReached(at))) {
    return working([patchNode(at, { entry: atStep(entry, 'Verifying', nowMs) })])
  }
  if (job === undefined) {
    const sick = sickServer(node, facts.nodes)
    if (sick === undefined) return createJob(at, context, 'Change')
    return working([], { message: `${node.name} waits: control-plane node ${sick.name} is not Ready; bring it back` })
  }
  return job.end === undefined ? jobAtWork(at, job, context) : jobFailed(at, { job, endedAtMs: job.end.atMs }, context)
}

/** Another control-plane node that does not serve: while it is away no further one is stopped. */
function sickServer(node: NodeFacts, nodes: readonly NodeFacts[]): NodeFacts | undefined {
  if (!isControlPlane(node)) return undefined
  return nodes.find((other) => other.name !== node.name && isControlPlane(other) && !other.ready)
}

/** The Job is left as it is when it takes too long: who continues the run goes on with it. */
function jobAtWork({ node, entry }: NodeAtWork, job: JobFacts, { facts, nowMs }: RunContext): NodeTurn {
  const endsAtMs = Date.parse(entry.since) + (node.ready ? changeTimeoutMs : awayTimeoutMs)
  const pods = facts.podsByJob.get(job.name) ?? []
  const podless = podlessJob(job, node.name, pods)
  if (podless !== undefined && nowMs < podless.sinceMs) {
    return working([], { message: `${node.name}: job ${job.name} is at work`, wakeAtMs: podless.sinceMs })
  }
  const stuck = podless?.message ?? stuckMessage(job, node.name, pods, '')
  if (nowMs < endsAtMs) return working([], { message: stuck ?? `${node.name}: job ${job.name} is at work`, wakeAtMs: endsAtMs })
  if (!node.ready) {
    const message = `${node.name} is not Ready, and its change to ${entry.version} has not ended in ${awayTimeoutMs / 60_000} minutes; bring it back`
    return failing({ reason: 'NotReady', message })
  }
  const why = stuck ?? 'look at its pod'
  return failing({
    reason: 'JobFailed',
    message: `${node.name}: job ${job.name} has not ended in ${changeTimeoutMs / 60_000} minutes: ${why}`,
  })
}

function jobFailed(
  at: NodeAtWork,
  { job, endedAtMs }: { readonly job: JobFacts; readonly endedAtMs: number },
  context: RunContext,
): NodeTurn {
  const { node, entry } = at
  const { facts, settings, nowMs } = context
  const log = facts.failures.get(job.uid)?.log
  if (log === undefined) return working([{ kind: 'ReadFailure', node: node.name, jobName: job.name, jobUid: job.uid }])
  const message = failureMessage({ job, node: node.name, pods: facts.podsByJob.get(job.name) ?? [], log, previous: '' })
  if (entry.tries > settings.failure.retries) return failing({ reason: 'JobFailed', message })
  const againAtMs = endedAtMs + firstBackOffMs * 2 ** (entry.tries - 1)
  if (nowMs < againAtMs) return working([], { message: `${message}; it is tried again`, wakeAtMs: againAtMs })
  return working([patchNode(at, { entry: { ...entry, attempt: entry.attempt + 1, tries: entry.tries + 1 } })])
}
