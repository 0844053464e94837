import { nodeSelectorTermMatch } from '../node-selection.ts'
import { normalized, type ScorePlugin, scoresOf } from './score-plugin.ts'

/** Prefers nodes by the weights of the pod's preferred node affinity. Source: kube-scheduler, NodeAffinity. */
export const nodeAffinity: ScorePlugin = ({ pod }, nodes) => {
  const preferred = pod.pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  if (preferred.length === 0) return undefined
  const terms = preferred.map(({ weight, preference }) => ({ weight, holds: nodeSelectorTermMatch(preference) }))
  const sums = scoresOf(nodes, (node) => terms.reduce((sum, { weight, holds }) => sum + (holds(node) ? weight : 0), 0))
  return normalized(sums, 'HigherIsBetter')
}
