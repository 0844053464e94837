import type { Taint } from 'kubernetes-types/core/v1.js'
import { unresolvable } from '../rejection.ts'
import type { PreparedFilter, SchedulingCycle } from '../scheduling-cycle.ts'
import { untoleratedTaint } from '../toleration-match.ts'

/** Keeps pods off nodes with a taint that they do not tolerate; `PreferNoSchedule` does not count. Source: kube-scheduler, TaintToleration. */
export function prepareTaintToleration({ pod, minor }: SchedulingCycle): PreparedFilter {
  const tolerations = pod.pod.spec?.tolerations ?? []
  return {
    kind: 'Filter',
    check: ({ hardTaints }) => {
      if (hardTaints.length === 0) return undefined
      const taint = untoleratedTaint(hardTaints, tolerations)
      return taint === undefined ? undefined : unresolvable('TaintToleration', taintReason(taint, minor))
    },
  }
}

function taintReason({ key, value = '' }: Taint, minor: number): string {
  if (minor >= 34) return 'node(s) had untolerated taint(s)'
  if (minor >= 24) return `node(s) had untolerated taint {${key}: ${value}}`
  if (minor >= 18) return `node(s) had taint {${key}: ${value}}, that the pod didn't tolerate`
  return "node(s) had taints that the pod didn't tolerate"
}
