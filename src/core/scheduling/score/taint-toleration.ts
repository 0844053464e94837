import { toleratesTaint } from '../toleration-match.ts'
import { normalized, type ScorePlugin, scoresOf } from './score-plugin.ts'

/** Prefers nodes with fewer PreferNoSchedule taints that the pod does not tolerate. Source: kube-scheduler, TaintToleration. */
export const taintToleration: ScorePlugin = ({ pod }, nodes) => {
  if (nodes.every(({ softTaints }) => softTaints.length === 0)) return undefined
  const relevant = (pod.pod.spec?.tolerations ?? []).filter(({ effect = '' }) => effect === '' || effect === 'PreferNoSchedule')
  const counts = scoresOf(nodes, ({ softTaints }) => softTaints.filter((taint) => !toleratesTaint(relevant, taint)).length)
  return normalized(counts, 'LowerIsBetter')
}
