import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { parseVersion, sameRelease } from '../version/kubernetes-version.ts'
import type { Hold } from './judge-hold.ts'
import type { Hop, NextHop } from './next-hop.ts'
import type { NodeAtWork, NodeTurn, RunContext } from './node-turn.ts'
import type { NodeGroups } from './pools.ts'
import type { StopStatus } from './upgrade-status.ts'

/** A node of the run and what happens next to it. */
export interface NodeWork {
  readonly at: NodeAtWork
  readonly turn: NodeTurn
}

/** What one decision has found, before it is told. */
export interface RunView {
  readonly context: RunContext
  readonly groups: NodeGroups
  readonly next: NextHop
  readonly works: readonly NodeWork[]
  readonly hold: Hold | undefined
  readonly stop: StopStatus | undefined
}

/** Whether a kubelet reports the version of a hop. */
export function runs({ kubeletVersion }: Pick<NodeFacts, 'kubeletVersion'>, { version }: Pick<Hop, 'version'>): boolean {
  const reported = parseVersion(kubeletVersion)
  return reported !== undefined && sameRelease(reported, version)
}

/** Nodes that are being worked on. */
export function activeWorks({ works }: Pick<RunView, 'works'>): readonly NodeWork[] {
  return works.filter(({ turn }) => turn.kind === 'Working' || turn.kind === 'Failing')
}
