import { unresolvable } from '../rejection.ts'
import { type PreparedFilter, type SchedulingCycle, skip } from '../scheduling-cycle.ts'

/** Leaves only the node that the pod names. Source: kube-scheduler, NodeName. */
export function prepareNodeName({ pod, minor }: SchedulingCycle): PreparedFilter {
  const wanted = pod.pod.spec?.nodeName ?? ''
  if (wanted === '') return skip
  const reason = minor >= 22 ? "node(s) didn't match the requested node name" : "node(s) didn't match the requested hostname"
  const rejection = unresolvable('NodeName', reason)
  return { kind: 'Filter', check: ({ name }) => (name === wanted ? undefined : rejection) }
}
