import type { NodeInfo } from './node-info.ts'
import type { SchedulingCycle } from './scheduling-cycle.ts'
import { imageLocality } from './score/image-locality.ts'
import { interPodAffinity } from './score/inter-pod-affinity.ts'
import { nodeAffinity } from './score/node-affinity.ts'
import { podTopologySpread } from './score/pod-topology-spread.ts'
import { balancedAllocation, leastAllocated } from './score/resource-allocation.ts'
import type { ScorePlugin } from './score/score-plugin.ts'
import { taintToleration } from './score/taint-toleration.ts'

/** The weight of a score until 1.22 and since 1.23. Source: kube-scheduler, default plugins of v1beta2 and v1beta3. */
const plugins: readonly { readonly plugin: ScorePlugin; readonly weights: readonly [number, number] }[] = [
  { plugin: leastAllocated, weights: [1, 1] },
  { plugin: balancedAllocation, weights: [1, 1] },
  { plugin: imageLocality, weights: [1, 1] },
  { plugin: taintToleration, weights: [1, 3] },
  { plugin: nodeAffinity, weights: [1, 2] },
  { plugin: podTopologySpread, weights: [2, 2] },
  { plugin: interPodAffinity, weights: [1, 2] },
]

/** The node with the highest score; by chance among those that share it. Undefined when there is none to choose from. */
export function bestNode(cycle: SchedulingCycle, nodes: readonly NodeInfo[], random: () => number): NodeInfo | undefined {
  if (nodes.length <= 1) return nodes[0]
  const scores = scoreNodes(cycle, nodes)
  let best = 0
  let equals = 1
  for (let at = 1; at < nodes.length; at += 1) {
    const difference = (scores[at] ?? 0) - (scores[best] ?? 0)
    if (difference < 0) continue
    equals = difference > 0 ? 1 : equals + 1
    if (difference > 0 || random() * equals < 1) best = at
  }
  return nodes[best]
}

/** The weighted sum of all scores for each node, 0 to 100 times the weights. */
function scoreNodes(cycle: SchedulingCycle, nodes: readonly NodeInfo[]): Float64Array {
  const sums = new Float64Array(nodes.length)
  for (const { plugin, weights } of plugins) {
    const scores = plugin(cycle, nodes)
    if (scores === undefined) continue
    const weight = weights[cycle.minor >= 23 ? 1 : 0]
    for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (scores[at] ?? 0) * weight
  }
  return sums
}
