import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { judgedOnce } from '../../version/judged-once.ts'
import { sameRelease } from '../../version/kubernetes-version.ts'
import type { BatchStatus, ClusterUpgradeStatus, StopStatus, UpgradePhase } from '../api/upgrade-status.ts'
import { hasChangesLeft } from '../hosts/host-changes.ts'
import type { NodeAtWork, NodeTurn, RunContext } from '../node/node-turn.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'
import type { Hop, NextHop } from './next-hop.ts'
import type { NodeGroups } from './pools.ts'

/** A node of the run and what happens next to it. */
export interface NodeWork {
  readonly at: NodeAtWork
  readonly turn: NodeTurn
}

/** Why no further node is started now. Those that were started go on. */
export interface Hold {
  readonly phase: UpgradePhase
  /** One sentence with the fix. */
  readonly message: string
  readonly wakeAtMs?: number
  /** The run has ended; nothing of it is left anywhere. */
  readonly ended?: true
}

/** What one decision has found of a run, before it is judged whether it has ended. */
export interface SeenRun {
  readonly context: RunContext
  readonly groups: NodeGroups
  readonly next: NextHop
  readonly works: readonly NodeWork[]
  readonly hold: Hold | undefined
  readonly stop: StopStatus | undefined
}

/** Where a run stands that has arrived and has no node at work. */
export interface RunEnd {
  readonly phase: UpgradePhase
  readonly message: string
  /** What is not as it was before the run. */
  readonly findings?: readonly string[]
  /** Since when it is looked whether everything is as before; epoch milliseconds. */
  readonly verifyingSinceMs?: number
  /** How the cluster is has to be read for the next decision. */
  readonly readsHealth?: true
  readonly wakeAtMs?: number
}

/** What is begun now, and what is waited for if nothing is. */
export interface Started {
  readonly actions: readonly (readonly UpgradeAction[])[]
  readonly message?: string
  readonly stage?: 'ControlPlane' | 'Nodes'
  /** By name of the pool: its batch from now on. */
  readonly batches: ReadonlyMap<string, { readonly batch?: BatchStatus; readonly finishedBatches: number }>
  readonly wakeAtMs?: number
}

/** How the cluster was before the run. */
export type Stock =
  | { readonly kind: 'Taken'; readonly before: NonNullable<ClusterUpgradeStatus['before']> }
  /** It has to be read before the first node is begun. */
  | { readonly kind: 'Missing'; readonly started: Started }
  /** Nothing is begun, or it was by a Falkirk that took none. */
  | { readonly kind: 'None' }

/** What one decision has found, before it is told. */
export interface RunView extends SeenRun {
  readonly end: RunEnd | undefined
  readonly stock: Stock
}

/** Makes the judge of whether a node has the version of a hop, and on its host nothing left that the run changes. */
export function doneJudge({ version }: Pick<Hop, 'version'>, context: RunContext): (node: NodeFacts) => boolean {
  const runs = judgedOnce((reported) => reported !== undefined && sameRelease(reported, version))
  const stays = context.settings.scope === 'Hosts'
  return (node) => (stays || runs(node.kubeletVersion)) && !hasChangesLeft(node, context)
}

/** Nodes that are being worked on. */
export function activeWorks({ works }: Pick<RunView, 'works'>): readonly NodeWork[] {
  return works.filter(({ turn }) => turn.kind === 'Working' || turn.kind === 'Failing')
}
