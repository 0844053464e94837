import type { NodeFacts, NodeTaint } from '../../kubernetes/node-facts.ts'
import type { UpgradeFacts } from '../upgrade-facts.ts'

/**
 * The soft taint of nodes that evicted pods had better not land on, because they would be moved once more. Its value is the UID of the run; its effect
 * is PreferNoSchedule, so that a pod that finds no other place still runs there. It is its own journal: what a run has tainted is seen on the node.
 */
export const softTaintKey = 'falkirk.dev/prefer-elsewhere'

const softEffect = 'PreferNoSchedule'

/** UID of the run whose soft taint a node bears; undefined where it bears none. */
export function softTaintRun({ taints = [] }: Pick<NodeFacts, 'taints'>): string | undefined {
  return taints.find(isSoftTaint)?.value
}

/** Nodes with the soft taint of this run. */
export function bearersOf({
  facts: { nodes, upgrade },
}: {
  readonly facts: Pick<UpgradeFacts, 'nodes' | 'upgrade'>
}): readonly NodeFacts[] {
  return nodes.filter((node) => node.taints !== undefined && softTaintRun(node) === upgrade.metadata.uid)
}

/** The part of a patch that puts the run's soft taint on a node; in place of that of a run before. */
export function withSoftTaint({ taints = [] }: Pick<NodeFacts, 'taints'>, run: string): { readonly taints: readonly NodeTaint[] } {
  return { taints: [...taints.filter((taint) => !isSoftTaint(taint)), { key: softTaintKey, value: run, effect: softEffect }] }
}

/** The part of a patch that takes the soft taint away; empty where there is none. Taints of others stay as they are. */
export function withoutSoftTaint({ taints }: Pick<NodeFacts, 'taints'>): { readonly taints?: readonly NodeTaint[] } {
  return taints?.some(isSoftTaint) ? { taints: taints.filter((taint) => !isSoftTaint(taint)) } : {}
}

/** One without a value is somebody else's. */
function isSoftTaint({ key, effect, value }: NodeTaint): boolean {
  return key === softTaintKey && effect === softEffect && value !== undefined
}
