import { prepareInterPodAffinity } from './filter/inter-pod-affinity.ts'
import { prepareNodeAffinity } from './filter/node-affinity.ts'
import { prepareNodeName } from './filter/node-name.ts'
import { prepareNodePorts } from './filter/node-ports.ts'
import { prepareNodeResourcesFit } from './filter/node-resources-fit.ts'
import { prepareNodeUnschedulable } from './filter/node-unschedulable.ts'
import { prepareNodeVolumeLimits } from './filter/node-volume-limits.ts'
import { preparePodTopologySpread } from './filter/pod-topology-spread.ts'
import { prepareTaintToleration } from './filter/taint-toleration.ts'
import { prepareVolumeBinding } from './filter/volume-binding.ts'
import { prepareVolumeRestrictions } from './filter/volume-restrictions.ts'
import { prepareVolumeZone } from './filter/volume-zone.ts'
import type { NodeInfo } from './node-info.ts'
import type { Rejection } from './rejection.ts'
import type { NodeFilter, PreparedFilter, SchedulingCycle } from './scheduling-cycle.ts'

/** Source: kube-scheduler, default plugins. The first that refuses a node gives the reasons, so the order is part of the message. */
const filters: readonly ((cycle: SchedulingCycle) => PreparedFilter)[] = [
  prepareNodeUnschedulable,
  prepareNodeName,
  prepareTaintToleration,
  prepareNodeAffinity,
  prepareNodePorts,
  prepareNodeResourcesFit,
  prepareVolumeRestrictions,
  prepareNodeVolumeLimits,
  prepareVolumeBinding,
  prepareVolumeZone,
  preparePodTopologySpread,
  prepareInterPodAffinity,
]

/** The filters that concern a pod, ready for its nodes. */
export type NodeFilters =
  | { readonly kind: 'Ready'; readonly checks: readonly NodeFilter[] }
  | Exclude<PreparedFilter, { kind: 'Filter' } | { kind: 'Skip' }>

/** Works out everything about a cycle that is the same for all nodes. Good until a pod or node changes. */
export function prepareFilters(cycle: SchedulingCycle): NodeFilters {
  const checks: NodeFilter[] = []
  for (const prepare of filters) {
    const prepared = prepare(cycle)
    switch (prepared.kind) {
      case 'Filter':
        checks.push(prepared.check)
        break
      case 'Skip':
        break
      case 'RejectAll':
        return prepared
    }
  }
  return { kind: 'Ready', checks }
}

/**
 * Why the cycle's pod cannot run on a node, also when the pods come that are nominated for it and no less important; undefined when it can.
 * Source: kube-scheduler, RunFilterPluginsWithNominatedPods.
 */
export function nodeRejection(cycle: SchedulingCycle, checks: readonly NodeFilter[], node: NodeInfo): Rejection | undefined {
  const { cache, pod } = cycle
  const forNode = cache.nominatedFor(node.name)
  if (forNode.length === 0) return firstRejection(checks, node)
  const nominated = forNode.filter(({ uid, priority }) => uid !== pod.uid && priority >= pod.priority)
  if (nominated.length === 0) return firstRejection(checks, node)
  for (const other of nominated) cache.addPod(other)
  const crowded = prepareFilters(cycle)
  const rejection = crowded.kind === 'Ready' ? firstRejection(crowded.checks, node) : undefined
  for (const other of nominated) cache.removePod(other.uid)
  return rejection ?? firstRejection(checks, node)
}

function firstRejection(checks: readonly NodeFilter[], node: NodeInfo): Rejection | undefined {
  for (const check of checks) {
    const rejection = check(node)
    if (rejection !== undefined) return rejection
  }
  return undefined
}
