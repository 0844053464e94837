import { type DrainDecision, decideDrain, drainMessage } from '../../drain/decide-drain.ts'
import type { DrainInput } from '../../drain/drain-input.ts'
import { volumesLeft } from '../../drain/volumes-left.ts'
import { formatGoDuration } from '../../plan/go-duration.ts'
import type { DrainFacts } from '../../plan/plan-facts.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'
import { withCordon } from './node-cordon.ts'
import { lacksNamespaces, nodeDrainPolicy } from './node-drain-policy.ts'
import { atStep, failing, type NodeAtWork, type NodeTurn, patchNode, type RunContext, working } from './node-turn.ts'

/**
 * Decides what happens to a cordoned node until nothing of what has to leave is on it: first its pods (Draining), then their volumes (Detaching).
 * Each of the two may take the time of spec.drain.timeout.
 */
export function drainNode(at: NodeAtWork, context: RunContext): NodeTurn {
  // a rule that is passed over might have kept a pod
  if (lacksNamespaces(context))
    return working([], {
      message: `${at.node.name}: spec.drain.rules ask for labels of namespaces, which cannot be read yet; docs/rbac.md has the right`,
      drains: true,
    })
  const { node, entry } = at
  const { facts, settings, nowMs } = context
  const known = facts.drains.get(node.name)
  if (known === undefined) {
    const problem = facts.drainProblems.get(node.name)
    const message = problem === undefined ? `${node.name}: reading its pods` : `${node.name}: its pods cannot be read: ${problem}`
    return working([], { message, drains: true })
  }
  const decision = decideDrain({ ...known, ...drainInput(at, context, known) })
  switch (decision.kind) {
    case 'Cordon': {
      const held = context.held.get(node.name)
      if (held !== undefined) return working([], { message: `${node.name} waits to be cordoned again: ${held}`, drains: true })
      return working([patchNode(at, { unschedulable: true, entry: { ...entry, ...withCordon(at, nowMs) } })], { drains: true })
    }
    case 'Drained':
      return detach(at, context, known)
    case 'Work':
      return working(evictions(at, decision, settings.drain.gracePeriodSeconds), {
        message: drainMessage(node, decision),
        drains: true,
        wakeAtMs: decision.wakeAtMs,
      })
    case 'Refused':
    case 'TimedOut':
      return failing({ reason: 'DrainFailed', message: decision.message })
  }
}

/** What comes to a drained node tolerates its cordon, however short the drain was: that it is late is judged by the cordon. */
function drainInput(
  { node, entry }: NodeAtWork,
  context: RunContext,
  { progress }: DrainFacts,
): Pick<DrainInput, 'node' | 'policy' | 'progress' | 'now'> {
  const startedAtMs = Date.parse(entry.since)
  const cordoned = entry.step === 'Detaching' && entry.cordonedAt !== undefined ? { cordonedAtMs: Date.parse(entry.cordonedAt) } : {}
  return {
    node,
    policy: nodeDrainPolicy(context, startedAtMs),
    progress: { ...progress, startedAtMs, ...cordoned },
    now: context.nowMs,
  }
}

function evictions(
  { node }: NodeAtWork,
  { evict, remove }: Extract<DrainDecision, { kind: 'Work' }>,
  gracePeriodSeconds: number | undefined,
): readonly UpgradeAction[] {
  const more = { node: node.name, ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) }
  return [
    ...evict.map((pod) => ({ kind: 'EvictPod', pod, ...more }) as const),
    ...remove.map((pod) => ({ kind: 'DeletePod', pod, ...more }) as const),
  ]
}

/** No pod is left that has to go; the node is changed when their volumes are gone as well, or when they may not be waited for any longer. */
function detach(at: NodeAtWork, context: RunContext, { pods }: DrainFacts): NodeTurn {
  const { node, entry } = at
  const { facts, settings, nowMs } = context
  const isWaiting = entry.step === 'Detaching'
  const left = volumesLeft(facts, { node, pods, drainedAtMs: Date.parse(entry.since) })
  if (left.kind === 'Detached') return working([patchNode(at, { entry: atStep(entry, 'Changing', nowMs) })])
  if (!isWaiting) return working([patchNode(at, { entry: atStep(entry, 'Detaching', nowMs) })], { drains: true })
  const { timeoutMs, whenBlocked } = settings.drain
  const endsAtMs = Date.parse(entry.since) + timeoutMs
  if (nowMs < endsAtMs)
    return working([], { message: `${node.name} is drained, and ${left.message}`, drains: true, lookUp: left.lookUp, wakeAtMs: endsAtMs })
  if (whenBlocked === 'Force') return working([patchNode(at, { entry: atStep(entry, 'Changing', nowMs) })])
  const limit = formatGoDuration(timeoutMs * 1e6)
  return failing({
    reason: 'DetachFailed',
    message: `${node.name} was drained, and ${limit} later ${left.message}; let it go, or raise spec.drain.timeout`,
  })
}
