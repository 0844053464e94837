import { stringify } from 'yaml'
import type { ApiClient } from '../cluster/api-client.ts'
import { type ForeseenDrain, foreseeDrain } from '../core/upgrade/foresee-drain.ts'
import { type ForeseenNode, foreseeUpgrade } from '../core/upgrade/foresee-upgrade.ts'
import { changesText } from '../core/upgrade/host-changes.ts'
import type { UpgradeFacts } from '../core/upgrade/upgrade-facts.ts'
import { upgradeSettings } from '../core/upgrade/upgrade-settings.ts'
import type { ClusterUpgradeStatus } from '../core/upgrade/upgrade-status.ts'
import type { Releases } from '../core/version/releases.ts'
import { type ExitCode, exitCodes } from './upgrade/exit-code.ts'
import { planText } from './upgrade/plan-text.ts'
import { type ClusterFacts, readClusterFacts } from './upgrade/read-facts.ts'
import type { CommandPorts } from './upgrade/terminal.ts'
import type { WishedUpgrade } from './upgrade/wished-upgrade.ts'

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

export interface PlanOptions {
  readonly wish: WishedUpgrade
  readonly output: 'text' | 'json' | 'yaml'
  readonly namespace: string
  readonly releases: Releases
}

/** Prints what an upgrade would do on the cluster as it is now, node by node; writes nothing to it. The exit code: 0, or 2 when it would not be done. */
export async function runPlan(
  client: ApiClient,
  { wish, output, ...known }: PlanOptions,
  { write, size }: CommandPorts,
): Promise<ExitCode> {
  const planned = planUpgrade(await readClusterFacts(client, wish.upgrade, known), client.clock.now())
  if (output === 'text') write(`${planText(planned, size()?.columns)}\n`)
  else
    write(output === 'json' ? `${JSON.stringify(planned, null, 2)}\n` : stringify(planned, { aliasDuplicateObjects: false, lineWidth: 0 }))
  return isDone(planned) ? exitCodes.Done : exitCodes.Refused
}

/** It gets to its end, or to a stop that the spec asks for. */
function isDone({ end, nodes }: PlannedUpgrade): boolean {
  return end.phase === 'Complete' || (end.phase === 'Paused' && nodes.length > 0)
}

/** What the controller would decide, and why. Pure. */
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
