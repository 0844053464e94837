import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { judgedOnce } from '../version/judged-once.ts'
import { sameRelease } from '../version/kubernetes-version.ts'
import type { RunEnd } from './judge-end.ts'
import type { Hold } from './judge-hold.ts'
import type { Hop, NextHop } from './next-hop.ts'
import type { NodeAtWork, NodeTurn, RunContext } from './node-turn.ts'
import type { NodeGroups } from './pools.ts'
import type { Stock } from './take-stock.ts'
import type { StopStatus } from './upgrade-status.ts'

/** A node of the run and what happens next to it. */
export interface NodeWork {
  readonly at: NodeAtWork
  readonly turn: NodeTurn
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

/** What one decision has found, before it is told. */
export interface RunView extends SeenRun {
  readonly end: RunEnd | undefined
  readonly stock: Stock
}

/** Makes the judge of whether a kubelet reports the version of a hop. */
export function runsJudge({ version }: Pick<Hop, 'version'>): (node: Pick<NodeFacts, 'kubeletVersion'>) => boolean {
  const judge = judgedOnce((reported) => reported !== undefined && sameRelease(reported, version))
  return ({ kubeletVersion }) => judge(kubeletVersion)
}

/** Nodes that are being worked on. */
export function activeWorks({ works }: Pick<RunView, 'works'>): readonly NodeWork[] {
  return works.filter(({ turn }) => turn.kind === 'Working' || turn.kind === 'Failing')
}
