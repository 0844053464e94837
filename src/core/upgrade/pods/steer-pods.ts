import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import { nodesLeft } from '../batches/start-nodes.ts'
import { patchNode, type RunContext } from '../node/node-turn.ts'
import { restPhases } from '../run/run-phase.ts'
import type { RunView, Started } from '../run/run-view.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'
import { bearersOf, softTaintRun, withoutSoftTaint, withSoftTaint } from './soft-taint.ts'

/** The most nodes that are tainted or freed at once: those of a large pool follow a second later. */
export const mostAtOnce = 20

/**
 * Puts a soft taint on nodes that are still to come, so that evicted pods land on nodes that are done and are moved just once; takes it from all others.
 * A node loses it with its cordon, in the same request. While a run is paused it stays. Control-plane nodes that take pods bear it as well while
 * pools are upgraded: they are done, and not to be filled up.
 */
export function steerPods(view: RunView, { actions, stage }: Started): readonly (readonly UpgradeAction[])[] {
  const busy = new Set([...view.works.map(({ at }) => at.node.name), ...actions.flat().map(({ node }) => node)])
  const avoided = stage === 'Nodes' ? avoidedNodes(view, busy) : []
  const { uid } = view.context.facts.upgrade.metadata
  const mayAdd = view.hold === undefined && view.context.settings.drain.preferDoneNodes
  const added = mayAdd ? avoided.filter((node) => mayLack(node, uid)) : []
  const lists = [
    ...needless(view, avoided, busy).map((node) => [patchNode({ node }, withoutSoftTaint(node))]),
    ...added.slice(0, mostAtOnce).map((node) => [patchNode({ node }, withSoftTaint(node, uid))]),
  ]
  return lists.slice(0, mostAtOnce)
}

/** Nodes that bear the taint and need not. */
function needless({ context }: RunView, avoided: readonly NodeFacts[], busy: ReadonlySet<string>): readonly NodeFacts[] {
  const bearers = bearersOf(context).filter(({ name }) => !busy.has(name))
  if (bearers.length === 0) return []
  const names = new Set(avoided.map(({ name }) => name))
  return bearers.filter(({ name }) => !names.has(name))
}

/** Frees the nodes of a run that cannot be followed as it is written. */
export function freeNodes({ facts }: Pick<RunContext, 'facts'>): readonly (readonly UpgradeAction[])[] {
  const bearers = bearersOf({ facts }).filter(({ run }) => run === undefined)
  return bearers.slice(0, mostAtOnce).map((node) => [patchNode({ node }, withoutSoftTaint(node))])
}

/** Nodes of pools that are still to come, and with them the control plane. */
function avoidedNodes(view: RunView, busy: ReadonlySet<string>): readonly NodeFacts[] {
  const { next, hold, groups } = view
  const isAtRest = hold !== undefined && restPhases.has(hold.phase)
  if (next.kind !== 'Hop' || isAtRest || !view.context.settings.drain.preferDoneNodes) return []
  const left = groups.pools.flatMap((pool) => nodesLeft(pool, view, next.hop)).filter(({ name }) => !busy.has(name))
  if (left.length === 0) return []
  const servers = view.context.facts.nodes.filter((node) => isControlPlane(node) && takesPods(node))
  return [...left, ...servers]
}

/** A cordoned node takes no pods, tainted or not. */
function mayLack(node: NodeFacts, run: string): boolean {
  return !node.unschedulable && softTaintRun(node) !== run
}

function takesPods({ taints = [], unschedulable }: NodeFacts): boolean {
  return !unschedulable && !taints.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
}
