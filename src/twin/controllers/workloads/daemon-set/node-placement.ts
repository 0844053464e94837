import type { PodTemplateSpec, Taint } from 'kubernetes-types/core/v1'
import { requiredNodes } from '../../../../core/scheduling/node-selection.ts'
import { toleratesTaint } from '../../../../core/scheduling/toleration-match.ts'
import type { NodeObject } from '../workload-objects.ts'
import { daemonTolerations } from './daemon-tolerations.ts'

/** `Run`: the node gets a pod. `Stay`: it gets none, but one that is there may stay. `Leave`: one that is there must go. */
export type Placement = 'Run' | 'Stay' | 'Leave'

/** What a DaemonSet wants of a node, asked with one template of many nodes. Source: Kubernetes, daemon NodeShouldRunDaemonPod. */
export function nodePlacement(template: PodTemplateSpec): (node: NodeObject) => Placement {
  const { nodeName = '' } = template.spec ?? {}
  const selects = requiredNodes(template.spec) ?? (() => true)
  const tolerations = daemonTolerations(template.spec)
  const isTolerated = (taint: Taint) => toleratesTaint(tolerations, taint)
  return (node) => {
    const { name, labels = {} } = node.metadata
    if (nodeName !== '' && nodeName !== name) return 'Leave'
    if (!selects({ name, labels })) return 'Leave'
    const taints = (node.spec?.taints ?? []).filter((taint) => !isTolerated(taint))
    if (taints.some(({ effect }) => effect === 'NoExecute')) return 'Leave'
    return taints.some(({ effect }) => effect === 'NoSchedule') ? 'Stay' : 'Run'
  }
}
