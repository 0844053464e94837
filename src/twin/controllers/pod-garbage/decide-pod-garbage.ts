import type { Node, Pod } from 'kubernetes-types/core/v1'
import { compareText } from '../../../core/compare-text.ts'
import { epochMs } from '../../../core/kubernetes/epoch-ms.ts'
import { readyCondition } from '../node-lifecycle/node-health.ts'

/** Says that a node is down for good, so that its pods may be taken for dead. Source: Kubernetes, Well-Known Labels, Annotations and Taints. */
const outOfServiceTaint = 'node.kubernetes.io/out-of-service'
/** Since then the taint is honoured (beta, on by default). */
const outOfServiceMinor = 26

/** The ended pods beyond the threshold, the oldest first. Source: Kubernetes pod garbage collector, gcTerminated. */
export function endedTooMany(pods: readonly Pod[], threshold: number): readonly Pod[] {
  if (threshold <= 0 || pods.length <= threshold) return []
  return [...pods].sort(byAge).slice(0, pods.length - threshold)
}

function byAge({ metadata: a }: Pod, { metadata: b }: Pod): number {
  const age = (epochMs(a?.creationTimestamp) ?? 0) - (epochMs(b?.creationTimestamp) ?? 0)
  return age === 0 ? compareText(a?.name ?? '', b?.name ?? '') : age
}

/** Whether pods of a node that end need not be waited for: it is not ready and tainted as out of service. */
export function isOutOfService(node: Node, minor: number): boolean {
  if (minor < outOfServiceMinor || readyCondition(node)?.status === 'True') return false
  return node.spec?.taints?.some(({ key }) => key === outOfServiceTaint) === true
}
