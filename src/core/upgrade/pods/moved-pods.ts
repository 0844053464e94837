import type { DrainRule } from '../../drain/drain-rule.ts'
import type { PodFacts } from '../../kubernetes/pod-facts.ts'
import { timestamp } from '../../kubernetes/timestamp.ts'
import type { ClusterUpgradeStatus, InFlightStatus, MovesStatus } from '../api/upgrade-status.ts'
import { basicDrainPolicy } from '../node/node-drain-policy.ts'
import type { NodeAtWork, RunContext } from '../node/node-turn.ts'
import type { NodeWork } from '../run/run-view.ts'
import type { RunEntry } from '../run-journal.ts'

/** Whether a drain of its node would move the pod. */
export function isMoved({ controller, mirror, phase }: Pick<PodFacts, 'controller' | 'mirror' | 'phase'>): boolean {
  return !mirror && controller?.kind !== 'DaemonSet' && phase !== 'Succeeded' && phase !== 'Failed'
}

/** Pods that a drain does not move. */
const keeping: ReadonlySet<DrainRule['behaviour'] | undefined> = new Set(['Skip', 'WaitCompleted'])

/** What the drain of a node moves, for its entry. A pod that has come since the hop began took the place of one that was moved before. */
export function movesOf({ node }: Pick<NodeAtWork, 'node'>, { facts, settings, nowMs }: RunContext): Pick<RunEntry, 'moves'> {
  if (facts.podsByNode === undefined) return {}
  const { cameAtMs = ({ createdAtMs = 0 }) => createdAtMs } = facts
  const sinceMs = Date.parse(facts.upgrade.status?.hop?.since ?? timestamp(nowMs))
  const { ruleOf } = basicDrainPolicy(settings.drain, facts.namespaces)
  const isKept = (pod: PodFacts) => keeping.has(ruleOf?.(pod)?.behaviour)
  const pods = facts.podsByNode.get(node.name).filter((pod) => isMoved(pod) && pod.controller?.kind !== 'Job' && !isKept(pod))
  return { moves: { pods: pods.length, again: pods.filter((pod) => cameAtMs(pod) >= sinceMs).length } }
}

/** What is told of a node in flight. */
export function movesInFlight({ moves }: Pick<RunEntry, 'moves'>): Pick<InFlightStatus, 'pods' | 'again'> {
  return moves === undefined ? {} : { pods: moves.pods, ...(moves.again === 0 ? {} : { again: moves.again }) }
}

/**
 * The sum so far. A node is counted when it leaves the list of nodes in flight: both are written together, so that a controller that is killed counts none
 * twice and forgets none.
 */
export function movesSoFar(before: ClusterUpgradeStatus, active: readonly NodeWork[]): Pick<ClusterUpgradeStatus, 'moves'> {
  const names = new Set(active.map(({ at }) => at.node.name))
  const left = (before.inFlight ?? []).filter(({ node, pods }) => pods !== undefined && !names.has(node))
  const known = before.moves ?? { pods: 0, moves: 0 }
  const moves = left.reduce((sum, { pods = 0 }) => sum + pods, known.moves)
  const pods = left.reduce((sum, { pods: all = 0, again = 0 }) => sum + all - again, known.pods)
  return moves === 0 ? {} : { moves: toldMoves(pods, moves) }
}

function toldMoves(pods: number, moves: number): MovesStatus {
  return { pods, moves, perPod: (moves / Math.max(1, pods)).toFixed(2) }
}
