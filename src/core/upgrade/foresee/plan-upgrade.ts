import type { BudgetFacts } from '../../drain/disruption-budget.ts'
import { upgradeSettings } from '../api/upgrade-settings.ts'
import type { ClusterUpgradeStatus } from '../api/upgrade-status.ts'
import { changesText } from '../hosts/host-changes.ts'
import type { UpgradeFacts } from '../upgrade-facts.ts'
import { type ForeseenDrain, foreseeDrain } from './foresee-drain.ts'
import { type ForeseenNode, foreseeUpgrade } from './foresee-upgrade.ts'

/** All that is decided on, read from a cluster once. */
export interface ClusterFacts {
  readonly facts: UpgradeFacts
  /** Absent when they may not be read. */
  readonly budgets?: readonly BudgetFacts[]
}

/** What would be done to one node. */
export interface PlannedNode extends ForeseenNode {
  readonly drain: ForeseenDrain
  /** One clause. */
  readonly why: string
}

/** What would be done on a cluster. The shape of `-o json`. */
export interface PlannedUpgrade {
  readonly name: string
  readonly version: string
  readonly nodes: readonly PlannedNode[]
  readonly end: Pick<ClusterUpgradeStatus, 'phase' | 'message'>
}

/** It gets to its end, or to a stop that the spec asks for. */
export function doesComplete({ end, nodes }: PlannedUpgrade): boolean {
  return end.phase === 'Complete' || (end.phase === 'Paused' && nodes.length > 0)
}

/** What the controller would decide, and why of each node. */
export function planUpgrade({ facts, budgets }: ClusterFacts, nowMs: number): PlannedUpgrade {
  const { upgrade, podsByNode } = facts
  const { drain } = upgradeSettings(upgrade.spec)
  const { nodes, end } = foreseeUpgrade(facts, nowMs)
  const byName = new Map(facts.nodes.map((node) => [node.name, node] as const))
  const planned = nodes.flatMap((turn) => {
    const node = byName.get(turn.node)
    if (node === undefined) return []
    const pods = podsByNode?.get(node.name) ?? []
    const outlook = foreseeDrain({ node, pods, budgets, drain, namespaces: facts.namespaces, volumes: volumesOf(facts), nowMs })
    return [{ ...turn, drain: outlook, why: whyOf(turn) }]
  })
  const { phase, message } = end
  return {
    name: upgrade.metadata.name,
    version: upgrade.spec.version,
    nodes: planned,
    end: { ...(phase === undefined ? {} : { phase }), ...(message === undefined ? {} : { message }) },
  }
}

/** Nobody waits for volumes on a cluster of one node. */
function volumesOf({ nodes, volumes }: UpgradeFacts): UpgradeFacts['volumes'] {
  return nodes.length === 1 ? undefined : volumes
}

function whyOf({ batch, changes }: ForeseenNode): string {
  const more = changes === undefined ? '' : `; ${changesText(changes)}`
  if (batch === undefined) return `control plane, one at a time${more}`
  return `pool ${batch.pool}, batch ${batch.number}${batch.nodes === 1 ? '' : ` of ${batch.nodes} nodes`}${more}`
}
