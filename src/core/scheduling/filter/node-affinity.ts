import { requiredNodes } from '../node-selection.ts'
import { unresolvable } from '../rejection.ts'
import { type PreparedFilter, type SchedulingCycle, skip } from '../scheduling-cycle.ts'

/** Leaves the nodes that `nodeSelector` and the required node affinity choose. Source: kube-scheduler, NodeAffinity. */
export function prepareNodeAffinity({ pod, minor }: SchedulingCycle): PreparedFilter {
  const chooses = requiredNodes(pod.pod.spec)
  if (chooses === undefined) return skip
  const rejection = unresolvable('NodeAffinity', nodeAffinityReason(minor))
  return { kind: 'Filter', check: (node) => (chooses(node) ? undefined : rejection) }
}

function nodeAffinityReason(minor: number): string {
  if (minor >= 21) return "node(s) didn't match Pod's node affinity/selector"
  return minor === 20 ? "node(s) didn't match Pod's node affinity" : "node(s) didn't match node selector"
}
