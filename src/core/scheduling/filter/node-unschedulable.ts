import { unresolvable } from '../rejection.ts'
import { type PreparedFilter, type SchedulingCycle, skip } from '../scheduling-cycle.ts'
import { toleratesTaint } from '../toleration-match.ts'

const rejection = unresolvable('NodeUnschedulable', 'node(s) were unschedulable')

const cordonTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** Keeps pods off cordoned nodes, unless they tolerate the taint of a cordon. Source: kube-scheduler, NodeUnschedulable. */
export function prepareNodeUnschedulable({ pod }: SchedulingCycle): PreparedFilter {
  if (toleratesTaint(pod.pod.spec?.tolerations ?? [], cordonTaint)) return skip
  return { kind: 'Filter', check: (node) => (node.unschedulable ? rejection : undefined) }
}
