import type { NodeInfo } from '../node-info.ts'
import type { SchedulingCycle } from '../scheduling-cycle.ts'

/** Scores nodes on which the pod fits, each from 0 to 100; undefined when all are equal to it. */
export type ScorePlugin = (cycle: SchedulingCycle, nodes: readonly NodeInfo[]) => Float64Array | undefined

export const highestScore = 100

/** The score of each node. */
export function scoresOf(nodes: readonly NodeInfo[], scoreOf: (node: NodeInfo) => number): Float64Array {
  const scores = new Float64Array(nodes.length)
  let at = 0
  for (const node of nodes) {
    scores[at] = scoreOf(node)
    at += 1
  }
  return scores
}

/** Stretches scores from 0 so that the best has 100; undefined when all are 0. Source: kube-scheduler, DefaultNormalizeScore. */
export function normalized(scores: Float64Array, direction: 'HigherIsBetter' | 'LowerIsBetter'): Float64Array | undefined {
  let most = 0
  for (const score of scores) most = Math.max(most, score)
  if (most === 0) return undefined
  for (let at = 0; at < scores.length; at += 1) {
    const score = Math.trunc(((scores[at] ?? 0) * highestScore) / most)
    scores[at] = direction === 'HigherIsBetter' ? score : highestScore - score
  }
  return scores
}
