import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { timestamp } from '../../kubernetes/timestamp.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import type { StopStatus } from '../api/upgrade-status.ts'
import type { NodeAtWork, RunContext } from '../node/node-turn.ts'
import { isBelow } from '../path/version-set.ts'
import { isGivenUp } from './run-phase.ts'
import type { NodeWork, RunView } from './run-view.ts'

/** The stop that `stopAfter` asks for, when a node that has just been given back was the last of something. */
export function boundaryStop(
  works: readonly NodeWork[],
  { context, groups, next }: Pick<RunView, 'context' | 'groups' | 'next'>,
): StopStatus | undefined {
  const { stopAfter } = context.settings
  const first = works.find(({ turn }) => turn.kind === 'Given')?.at
  if (stopAfter === undefined || first === undefined || next.kind === 'Refused' || isGivenUp(context)) return undefined
  // after the last node there is nothing to continue with
  if (next.kind === 'Arrived' && works.every(({ turn }) => turn.kind === 'Given' || turn.kind === 'Failed')) return undefined
  const stillAtWork = works.some(({ turn }) => turn.kind === 'Working' || turn.kind === 'Failing')
  const what = stillAtWork && stopAfter !== 'Node' ? undefined : ended(stopAfter, first, { groups, next })
  if (what === undefined) return undefined
  const message = `stopped after ${what}, as spec.stopAfter asks; falkirk continue goes on`
  return { number: context.stopNumber, reason: 'StopAfter', message, since: timestamp(context.nowMs) }
}

function ended(
  stopAfter: NonNullable<RunContext['settings']['stopAfter']>,
  { node: { name }, entry }: NodeAtWork,
  { groups, next }: Pick<RunView, 'groups' | 'next'>,
): string | undefined {
  const isServer = groups.controlPlane.some((server) => server.name === name)
  const pool = groups.pools.find(({ nodes }) => nodes.some((one) => one.name === name))
  // which hop it was is told by the node: the last kubelet has reported before its node was given back
  const left = next.kind === 'Hop' ? next.hop.hosts : undefined
  const isDone = (node: NodeFacts) => !isBehind(node, entry.version) && left?.has(node.name) !== true
  switch (stopAfter) {
    case 'Node':
      return `node ${name}`
    case 'Batch':
      return isServer ? `control-plane node ${name}` : `a batch of pool ${pool?.settings.name ?? ''}`
    case 'ControlPlane':
      return isServer && groups.controlPlane.every(isDone) ? 'the control plane' : undefined
    case 'Pool':
      return pool?.nodes.every(isDone) ? `pool ${pool.settings.name}` : undefined
    case 'Hop':
      return next.kind === 'Hop' && next.hop.version.text !== entry.version ? `the hop to ${entry.version}` : undefined
  }
}

function isBehind({ kubeletVersion }: NodeFacts, version: string): boolean {
  const [running, wanted] = [parseVersion(kubeletVersion), parseVersion(version)]
  return running !== undefined && wanted !== undefined && isBelow(running, wanted)
}
