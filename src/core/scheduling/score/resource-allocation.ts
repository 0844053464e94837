import type { NodeInfo } from '../node-info.ts'
import type { PodInfo } from '../pod-info.ts'
import { highestScore, type ScorePlugin, scoresOf } from './score-plugin.ts'

/** Prefers nodes with much CPU and memory left. Source: kube-scheduler, NodeResourcesFit (LeastAllocated). */
export const leastAllocated: ScorePlugin = ({ pod }, nodes) =>
  scoresOf(nodes, (node) => Math.trunc((Math.trunc(free(usedCpu(node, pod))) + Math.trunc(free(usedMemory(node, pod)))) / 2))

/** Prefers nodes where CPU and memory are used to the same degree. Source: kube-scheduler, NodeResourcesBalancedAllocation. */
export const balancedAllocation: ScorePlugin = ({ pod, minor }, nodes) =>
  scoresOf(nodes, (node) => {
    const cpu = usedCpu(node, pod)
    const memory = usedMemory(node, pod)
    if (minor < 23 && (cpu >= 1 || memory >= 1)) return 0
    const difference = Math.abs(Math.min(cpu, 1) - Math.min(memory, 1))
    return Math.trunc((1 - (minor < 23 ? difference : difference / 2)) * highestScore)
  })

/** The part of allocatable that is asked for, with the pod; 1 of nothing. */
function usedCpu({ allocatable, scoredRequested }: NodeInfo, { scoredRequests }: PodInfo): number {
  return allocatable.milliCpu === 0 ? 1 : (scoredRequested.milliCpu + scoredRequests.milliCpu) / allocatable.milliCpu
}

function usedMemory({ allocatable, scoredRequested }: NodeInfo, { scoredRequests }: PodInfo): number {
  return allocatable.memory === 0 ? 1 : (scoredRequested.memory + scoredRequests.memory) / allocatable.memory
}

function free(used: number): number {
  return used >= 1 ? 0 : (1 - used) * highestScore
}
