import type { NodeInfo } from '../node-info.ts'
import type { PodInfo } from '../pod-info.ts'
import { highestScore, type ScorePlugin } from './score-plugin.ts'

/** Prefers nodes with much CPU and memory left. Source: kube-scheduler, NodeResourcesFit (LeastAllocated). */
export const leastAllocated: ScorePlugin = ({ pod }, nodes) =>
  Float64Array.from(nodes, (node) => {
    const { cpu, memory } = usage(node, pod)
    return Math.trunc((Math.trunc(free(cpu)) + Math.trunc(free(memory))) / 2)
  })

/** Prefers nodes where CPU and memory are used to the same degree. Source: kube-scheduler, NodeResourcesBalancedAllocation. */
export const balancedAllocation: ScorePlugin = ({ pod, minor }, nodes) =>
  Float64Array.from(nodes, (node) => {
    const { cpu, memory } = usage(node, pod)
    if (minor < 23 && (cpu >= 1 || memory >= 1)) return 0
    const difference = Math.abs(Math.min(cpu, 1) - Math.min(memory, 1))
    return Math.trunc((1 - (minor < 23 ? difference : difference / 2)) * highestScore)
  })

/** Parts of allocatable that are asked for, with the pod; 1 of nothing. */
function usage({ allocatable, scoredRequested }: NodeInfo, { scoredRequests }: PodInfo): { cpu: number; memory: number } {
  const part = (asked: number, there: number) => (there === 0 ? 1 : asked / there)
  return {
    cpu: part(scoredRequested.milliCpu + scoredRequests.milliCpu, allocatable.milliCpu),
    memory: part(scoredRequested.memory + scoredRequests.memory, allocatable.memory),
  }
}

function free(used: number): number {
  return Math.max(0, 1 - used) * highestScore
}
