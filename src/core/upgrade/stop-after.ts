import { type RunContext, timestamp } from './node-turn.ts'
import { type NodeWork, type RunView, runs } from './run-view.ts'
import type { StopStatus } from './upgrade-status.ts'

/** The stop that `stopAfter` asks for, when a node that has just been given back was the last of something. */
export function boundaryStop(
  works: readonly NodeWork[],
  { context, groups, next }: Pick<RunView, 'context' | 'groups' | 'next'>,
): StopStatus | undefined {
  const { stopAfter } = context.settings
  const given = works.filter(({ turn }) => turn.kind === 'Given').map(({ at }) => at.node.name)
  const [first] = given
  if (stopAfter === undefined || first === undefined || next.kind === 'Refused') return undefined
  const stillAtWork = works.some(({ turn }) => turn.kind === 'Working' || turn.kind === 'Failing')
  const what = stillAtWork && stopAfter !== 'Node' ? undefined : ended(stopAfter, first, { groups, next, context })
  if (what === undefined) return undefined
  const message = `stopped after ${what}, as spec.stopAfter asks; falkirk continue goes on`
  return { number: context.stopNumber, reason: 'StopAfter', message, since: timestamp(context.nowMs) }
}

function ended(
  stopAfter: NonNullable<RunContext['settings']['stopAfter']>,
  node: string,
  { groups, next, context }: Pick<RunView, 'groups' | 'next' | 'context'>,
): string | undefined {
  const isServer = groups.controlPlane.some(({ name }) => name === node)
  const hop = next.kind === 'Hop' ? next.hop : undefined
  const controlPlaneDone = hop === undefined || groups.controlPlane.every((server) => runs(server, hop))
  const pool = groups.pools.find(({ nodes }) => nodes.some(({ name }) => name === node))
  switch (stopAfter) {
    case 'Node':
      return `node ${node}`
    case 'Batch':
      return isServer ? `control-plane node ${node}` : `a batch of pool ${pool?.settings.name ?? ''}`
    case 'ControlPlane':
      return isServer && controlPlaneDone ? 'the control plane' : undefined
    case 'Pool':
      return pool?.nodes.every((one) => hop === undefined || runs(one, hop)) ? `pool ${pool.settings.name}` : undefined
    case 'Hop':
      return hop === undefined || context.facts.upgrade.status?.hop?.version !== hop.version.text ? 'a hop' : undefined
  }
}
