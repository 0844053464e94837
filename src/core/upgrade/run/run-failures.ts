import { shortLabelValue } from '../../kubernetes/label-syntax.ts'
import { timestamp } from '../../kubernetes/timestamp.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import type { StopStatus } from '../api/upgrade-status.ts'
import { quarantineLabel, withoutCordon } from '../node/node-cordon.ts'
import { atStep, patchNode, type RunContext } from '../node/node-turn.ts'
import { withoutSoftTaint } from '../pods/soft-taint.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'
import type { NextHop } from './next-hop.ts'
import { isGivenUp } from './run-phase.ts'
import type { NodeWork, RunView } from './run-view.ts'

/** The failure that is one too many stops the run. */
export function failureStop(works: readonly NodeWork[], context: RunContext): StopStatus | undefined {
  const failing = works.filter(({ turn }) => turn.kind === 'Failing')
  const setAside = works.filter(({ at }) => at.entry.step === 'Quarantined').length
  const [first] = failing.filter((work) => !isSetAside(work, context, setAside, failing))
  if (first?.turn.failure === undefined) return undefined
  const { reason, message } = first.turn.failure
  return { number: context.stopNumber, reason, message, since: timestamp(context.nowMs) }
}

/** Whether the run may go on without this node: the budget of failures, or the drain's policy, says so. Never without a control-plane node. */
function isSetAside(work: NodeWork, { settings }: RunContext, before: number, failing: readonly NodeWork[]): boolean {
  if (isControlPlane(work.at.node)) return false
  const { reason } = work.turn.failure ?? {}
  const quarantines = (reason === 'DrainFailed' || reason === 'DetachFailed') && settings.drain.whenBlocked === 'Quarantine'
  return quarantines || before + failing.indexOf(work) < settings.failure.budget
}

/**
 * What becomes of a node that has just failed: set aside and labelled, or left as it is while the run stops. Neither cordons it: one that was not
 * disturbed yet, or was given back, would be away beyond maxUnavailable.
 */
export function failNode(work: NodeWork, { context, works }: RunView): readonly UpgradeAction[] {
  const { at, turn } = work
  const { failure } = turn
  if (failure === undefined) return []
  const failing = works.filter((one) => one.turn.kind === 'Failing')
  const setAside = works.filter((one) => one.at.entry.step === 'Quarantined').length
  const { step } = at.entry
  const told = { reason: failure.reason, message: failure.message, stop: context.stopNumber }
  const isQuarantined = isSetAside(work, context, setAside, failing)
  // what was given back before is not cordoned by the run any more
  const left = step === 'Soaking' ? withoutCordon(at.entry) : at.entry
  const entry = atStep(left, isQuarantined ? 'Quarantined' : 'Failed', context.nowMs, { failure: told })
  const labels = isQuarantined ? { labels: { [quarantineLabel]: shortLabelValue(context.facts.upgrade.metadata.name) } } : {}
  return [patchNode(at, { ...withoutSoftTaint(at.node), entry, ...labels })]
}

/** The stop before a hop that a node which was set aside would be too old for; nodes at work finish first. */
export function heldUpStop(works: readonly NodeWork[], next: NextHop, context: RunContext): StopStatus | undefined {
  if (next.kind !== 'HeldUp' || isGivenUp(context) || works.some(({ turn }) => turn.kind !== 'Failed')) return undefined
  const { stopNumber, nowMs } = context
  return { number: stopNumber, reason: 'NodeSetAside', message: next.message, since: timestamp(nowMs) }
}
