import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { timestamp } from '../../kubernetes/timestamp.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import { sickMember } from '../health/control-plane-members.ts'
import { osNote } from '../hosts/os-note.ts'
import { stepsOf } from './node-steps.ts'
import { atStep, failing, type NodeAtWork, type NodeFailure, type NodeTurn, patchNode, type RunContext, working } from './node-turn.ts'
import type { StepWork } from './step-work.ts'

const firstBackOffMs = 30_000

/** Decides what happens to a drained node until it has been changed. What was begun is found again, and never done twice. */
export function changeNode(at: NodeAtWork, context: RunContext): NodeTurn {
  const steps = stepsOf(at)
  const work = steps.look(at, context, 'Change')
  switch (work.kind) {
    case 'Complete':
      return changed(at, work, context)
    case 'NotBegun':
      return sickServer(at.node, context) ?? steps.begin(at, context, 'Change')
    case 'AtWork':
      return atWork(at, work, context)
    case 'Unread':
      return working([work.read])
    case 'Failed':
      return tryAgain(at, work, context, { reason: steps.failureReason(work), retries: context.settings.failure.retries })
  }
}

/** That packages were upgraded is written down with it: nothing else tells. */
function changed(at: NodeAtWork, { bootId }: Extract<StepWork, { kind: 'Complete' }>, { nowMs }: RunContext): NodeTurn {
  const { entry } = at
  const verifying = atStep(entry, 'Verifying', nowMs, bootId === undefined ? {} : { bootId })
  const noted = entry.os === undefined ? {} : { osNote: osNote(entry.run, entry.os, timestamp(nowMs)) }
  return working([patchNode(at, { entry: verifying, ...noted })])
}

/** While another member of the control plane does not serve, no further one is stopped. */
function sickServer(node: NodeFacts, { facts }: RunContext): NodeTurn | undefined {
  if (!isControlPlane(node)) return undefined
  const sick = sickMember(node.name, facts)
  return sick === undefined ? undefined : working([], { message: `${node.name} waits: ${sick}; bring it back` })
}

function atWork(at: NodeAtWork, work: Extract<StepWork, { kind: 'AtWork' }>, { nowMs }: RunContext): NodeTurn {
  const { node, entry } = at
  const { message, notBeforeMs = 0 } = work
  if (nowMs < notBeforeMs) return working([], { message, wakeAtMs: notBeforeMs })
  const { readyMs, awayMs } = stepsOf(at).changeLimits(at)
  const endsAtMs = Date.parse(entry.since) + (node.ready ? readyMs : awayMs)
  if (nowMs < endsAtMs) return working([], { message, wakeAtMs: endsAtMs })
  const late = stepsOf(at).late(at, 'Change', work)
  if (node.ready) return failing(late)
  return failing({
    reason: late.reason === 'HostUnknown' ? late.reason : 'NotReady',
    message: `${node.name} is not Ready, and its change to ${entry.version} has not ended in ${awayMs / 60_000} minutes; bring it back`,
  })
}

/** A step that failed is tried again after a while, as often as it may be. */
export function tryAgain(
  at: NodeAtWork,
  { message, endedAtMs, next }: Extract<StepWork, { kind: 'Failed' }>,
  { nowMs }: RunContext,
  { reason, retries }: { readonly reason: NodeFailure['reason']; readonly retries: number },
): NodeTurn {
  const { entry } = at
  if (next !== 'Again' || entry.tries > retries) return failing({ reason, message })
  const againAtMs = endedAtMs + firstBackOffMs * 2 ** (entry.tries - 1)
  if (nowMs < againAtMs) return working([], { message: `${message}; it is tried again`, wakeAtMs: againAtMs })
  return working([patchNode(at, { entry: { ...entry, attempt: entry.attempt + 1, tries: entry.tries + 1 } })])
}
