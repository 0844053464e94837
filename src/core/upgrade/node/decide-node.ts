import { movesOf } from '../pods/moved-pods.ts'
import { withoutSoftTaint } from '../pods/soft-taint.ts'
import { rebootAtWork } from '../run/reboot-lock.ts'
import { isGivenUp } from '../run/run-phase.ts'
import { afterFailure, giveBack } from './after-failure.ts'
import { changeNode, tryAgain } from './change-node.ts'
import { drainNode } from './drain-node.ts'
import { uncordoned, withCordon } from './node-cordon.ts'
import { missing } from './node-goal.ts'
import { stepsOf } from './node-steps.ts'
import { atStep, failing, type NodeAtWork, type NodeTurn, patchNode, type RunContext, working } from './node-turn.ts'
import { soakNode } from './soak-node.ts'
import type { StepWork } from './step-work.ts'

/** Kubelets report anew within a minute of their start; machines that reboot take longer. */
const verifyTimeoutMs = 600_000

/**
 * Decides the next step of one node that a run has begun with: image or packages there → cordon → drain → volumes detached → change → verify → given back → soak → done. What is
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
      return soakNode(at, context)
    case 'Failed':
    case 'Quarantined':
      return afterFailure(at, context)
  }
}

/** Brings to the node what it will be changed by, while nothing is disturbed. */
function stage(at: NodeAtWork, context: RunContext): NodeTurn {
  if (isGivenUp(context)) return giveBack(at)
  const steps = stepsOf(at)
  const work = steps.look(at, context, 'Stage')
  switch (work.kind) {
    case 'NotBegun':
      return steps.begin(at, context, 'Stage')
    case 'Complete':
      return staged(at, context)
    case 'Unread':
      return working([work.read])
    case 'Failed':
      return tryAgain(at, work, context, { reason: 'StageFailed', retries: steps.stageRetries(context) })
    case 'AtWork':
      return awaitStage(at, work, context)
  }
}

/** Everything is there: the node is cordoned, unless it has to wait. */
function staged(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { facts, nowMs } = context
  const reboot = rebootAtWork(facts.rebootLocks ?? [], facts.nodes, nowMs)
  const waits = context.held.get(node.name) ?? reboot?.message ?? facts.volumesProblem
  if (waits !== undefined)
    return working([], { message: `${node.name} has ${entry.via === 'SSH' ? 'its packages' : 'its image'} and waits: ${waits}` })
  const drained = atStep(entry, 'Draining', nowMs, { tries: 1, ...withCordon(at, nowMs), ...movesOf(at, context) })
  return working([patchNode(at, { unschedulable: true, ...withoutSoftTaint(node), entry: drained })], { drains: true })
}

/** What keeps it from the node is told; after its time it is a failure. */
function awaitStage(at: NodeAtWork, work: Extract<StepWork, { kind: 'AtWork' }>, { nowMs }: RunContext): NodeTurn {
  const { message, notBeforeMs = 0 } = work
  if (nowMs < notBeforeMs) return working([], { message, wakeAtMs: notBeforeMs })
  const { stageLimitMs, late } = stepsOf(at)
  const endsAtMs = Date.parse(at.entry.since) + stageLimitMs
  return nowMs < endsAtMs ? working([], { message, wakeAtMs: endsAtMs }) : failing(late(at, 'Stage', work))
}

/** The kubelet says the version, and says that it is Ready, before the node is given back. */
function verify(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { nowMs } = context
  const lacks = missing(at)
  if (node.ready && lacks === undefined) {
    return working([patchNode(at, { ...uncordoned(at), entry: atStep(entry, 'Soaking', nowMs) })])
  }
  const endsAtMs = Date.parse(entry.since) + verifyTimeoutMs
  const message = node.ready ? `${node.name} ${lacks}` : `${node.name} is not Ready yet`
  if (nowMs < endsAtMs) return working([], { message, wakeAtMs: endsAtMs })
  return failing(
    node.ready
      ? {
          reason: 'NotReached',
          message: `${node.name} ${lacks} 10 minutes after its change ended well; look at the service on the node`,
        }
      : { reason: 'NotReady', message: `${node.name} is not Ready 10 minutes after its change; look at its kubelet` },
  )
}
