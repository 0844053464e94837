import { unschedulable } from '../rejection.ts'
import { type PreparedFilter, type SchedulingCycle, skip } from '../scheduling-cycle.ts'

const rejection = unschedulable('NodePorts', "node(s) didn't have free ports for the requested pod ports")

/** Keeps pods off nodes where a host port of theirs is taken. Source: kube-scheduler, NodePorts. */
export function prepareNodePorts({ pod: { hostPorts } }: SchedulingCycle): PreparedFilter {
  if (hostPorts.length === 0) return skip
  return { kind: 'Filter', check: (node) => (hostPorts.some((port) => node.isTaken(port)) ? rejection : undefined) }
}
