import type { JobFacts } from '../kubernetes/job-facts.ts'
import { podlessJob, stuckMessage } from '../plan/failure-message.ts'
import { afterFailure, giveBack } from './after-failure.ts'
import { changeNode } from './change-node.ts'
import { displacedPods } from './displaced-pods.ts'
import { drainNode } from './drain-node.ts'
import { movesOf } from './moved-pods.ts'
import { uncordoned, withCordon } from './node-cordon.ts'
import { createJob, isReached, jobOfStep } from './node-jobs.ts'
import { atStep, failing, type NodeAtWork, type NodeTurn, patchNode, type RunContext, working } from './node-turn.ts'
import { isStaged, stageFailure } from './recipe-stage.ts'
import { isGivenUp } from './run-phase.ts'
import { withoutSoftTaint } from './soft-taint.ts'

/** An image that is not there after this time is not going to come. */
const stageTimeoutMs = 600_000
/** Kubelets report anew within a minute of their start; machines that reboot take longer. */
const verifyTimeoutMs = 600_000

/**
 * Decides the next step of one node that a run has begun with: image there → cordon → drain → volumes detached → change → verify → given back → soak → done. What is
 * persisted goes before what is done, so that whoever comes after a kill goes on from here.
 */
export function decideNode(at: NodeAtWork, context: RunContext): NodeTurn {
  switch (at.entry.step) {
    case 'Staging':
      return stage(at, context)
    case 'Draining':
    case 'Detaching':
      return drainNode(at, context)
    case 'Changing':
      return changeNode(at, context)
    case 'Verifying':
      return verify(at, context)
    case 'Soaking':
      return soak(at, context)
    case 'Failed':
    case 'Quarantined':
      return afterFailure(at, context)
  }
}

/** Brings the image to the node while nothing is disturbed. */
function stage(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { facts, nowMs } = context
  if (isGivenUp(context)) return giveBack(at)
  const job = jobOfStep(at, 'Stage')
  if (job === undefined) return createJob(at, context, 'Stage')
  const pods = facts.podsByJob.get(job.name) ?? []
  const isThere = isStaged(job, pods, context)
  const waits = context.held.get(node.name) ?? facts.volumesProblem
  if (isThere && waits !== undefined) return working([], { message: `${node.name} has its image and waits: ${waits}` })
  if (isThere) {
    const drained = atStep(entry, 'Draining', nowMs, { ...withCordon(at, nowMs), ...movesOf(at, context) })
    return working([patchNode(at, { unschedulable: true, ...withoutSoftTaint(node), entry: drained })], { drains: true })
  }
  return stageFailure(at, job, context) ?? awaitImage(at, job, context)
}

/** What keeps the image from the node is told; after ten minutes it is a failure. */
function awaitImage({ node, entry }: NodeAtWork, job: JobFacts, { facts, nowMs }: RunContext): NodeTurn {
  const pods = facts.podsByJob.get(job.name) ?? []
  const podless = podlessJob(job, node.name, pods)
  const endsAtMs = Date.parse(entry.since) + stageTimeoutMs
  if (podless !== undefined && nowMs < podless.sinceMs) return working([], { message: pulling(node), wakeAtMs: podless.sinceMs })
  const stuck = podless?.message ?? stuckMessage(job, node.name, pods, '')
  if (nowMs < endsAtMs) return working([], { message: stuck ?? pulling(node), wakeAtMs: endsAtMs })
  const fix = podless === undefined ? '; make the image available' : ''
  return failing({
    reason: 'StageFailed',
    message: `${node.name} has not got the upgrade image within 10 minutes (${stuck ?? 'its pod does not start'}); the node was not disturbed${fix}`,
  })
}

function pulling({ name }: NodeAtWork['node']): string {
  return `${name}: its image is being pulled`
}

/** The kubelet says the version, and says that it is Ready, before the node is given back. */
function verify(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { nowMs } = context
  if (node.ready && isReached(at)) {
    return working([patchNode(at, { ...uncordoned(at), entry: atStep(entry, 'Soaking', nowMs) })])
  }
  const endsAtMs = Date.parse(entry.since) + verifyTimeoutMs
  const message = node.ready
    ? `${node.name} reports kubelet ${node.kubeletVersion} and not yet ${entry.version}`
    : `${node.name} is not Ready yet`
  if (nowMs < endsAtMs) return working([], { message, wakeAtMs: endsAtMs })
  return failing(
    node.ready
      ? {
          reason: 'NotReached',
          message: `${node.name} still reports kubelet ${node.kubeletVersion} 10 minutes after its upgrade to ${entry.version} ended well; look at the service on the node`,
        }
      : { reason: 'NotReady', message: `${node.name} is not Ready 10 minutes after its upgrade to ${entry.version}; look at its kubelet` },
  )
}

/** The node serves again; what was moved must serve again too, before the next node begins. */
function soak(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { settings, facts, nowMs } = context
  const { forMs, timeoutMs, displacedPodsReady } = settings.soak
  const sinceMs = Date.parse(entry.since)
  if (nowMs < sinceMs + forMs) return working([], { message: `${node.name} is back; soaking`, wakeAtMs: sinceMs + forMs })
  const unready = displacedPodsReady ? displacedPods(facts.unreadyPods ?? [], Date.parse(entry.cordonedAt ?? entry.since), sinceMs) : []
  if (node.ready && unready.length === 0) return { kind: 'Given', actions: [patchNode(at, { entry: null })] }
  const [first] = unready
  const what =
    first === undefined
      ? `${node.name} is not Ready`
      : `pod ${first.namespace}/${first.name}${unready.length > 1 ? ` and ${unready.length - 1} more` : ''} moved from ${node.name} or beside it and not Ready`
  if (nowMs < sinceMs + timeoutMs) return working([], { message: `${node.name} is done; waiting: ${what}`, wakeAtMs: sinceMs + timeoutMs })
  return failing({ reason: 'SoakFailed', message: `${what} since its upgrade to ${entry.version}; mend it, then continue` })
}
