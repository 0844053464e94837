import { scaledValue } from '../int-or-percent.ts'
import { isAvailable, isTerminating } from '../pod-state.ts'
import type { DaemonSetObject, PodObject } from '../workload-objects.ts'
import { isUpdated } from './daemon-pod.ts'
import type { DaemonNode } from './daemons.ts'

export interface DaemonUpdateInput {
  readonly set: DaemonSetObject
  readonly nodes: readonly DaemonNode[]
  /** Of the present template. */
  readonly hash: string
  readonly minor: number
  readonly nowMs: number
}

/** What a rolling update does next: pods that make room, and nodes that get a second pod before the first goes. */
export interface DaemonUpdate {
  readonly delete: readonly PodObject[]
  readonly create: readonly string[]
}

/** How many nodes may be without a pod, and how many may have two; from 1.22 the latter. */
export function updateLimits({ set, nodes, minor }: Pick<DaemonUpdateInput, 'set' | 'nodes' | 'minor'>): {
  maxUnavailable: number
  maxSurge: number
} {
  const wanted = nodes.filter(({ placement }) => placement === 'Run').length
  const { maxUnavailable = 1, maxSurge = 0 } = set.spec.updateStrategy?.rollingUpdate ?? {}
  const surge = minor >= 22 ? scaledValue(maxSurge, wanted, 'Up') : 0
  const unavailable = scaledValue(maxUnavailable, wanted, 'Up')
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 && wanted > 0 ? 1 : unavailable }
}

/**
 * Old pods that may go now: those that do not serve at once, of the others as many as may be unavailable. With a surge a node gets the new pod
 * first. Source: Kubernetes, daemon rollingUpdate; KEP-1591.
 */
export function decideDaemonUpdate(input: DaemonUpdateInput): DaemonUpdate {
  const limits = updateLimits(input)
  return limits.maxSurge > 0 ? withSurge(input, limits.maxSurge) : inPlace(input, limits.maxUnavailable)
}

function inPlace(input: DaemonUpdateInput, maxUnavailable: number): DaemonUpdate {
  const nodes = input.nodes.filter(({ placement }) => placement === 'Run')
  const serves = (pod: PodObject) => isServing(input, pod)
  let unavailable = nodes.filter(({ pods }) => !pods.some(serves)).length
  const useless: PodObject[] = []
  const useful: PodObject[] = []
  for (const { pods } of input.nodes) {
    for (const pod of pods) {
      if (isUpdated(input.set, pod, input.hash) || isTerminating(pod)) continue
      if (!serves(pod)) useless.push(pod)
      else if (unavailable < maxUnavailable) {
        unavailable += 1
        useful.push(pod)
      }
    }
  }
  return { delete: [...useless, ...useful], create: [] }
}

function withSurge(input: DaemonUpdateInput, maxSurge: number): DaemonUpdate {
  const gone: PodObject[] = []
  const urgent: string[] = []
  const ready: string[] = []
  let surging = 0
  for (const { node, placement, pods } of input.nodes) {
    const live = pods.filter((pod) => !isTerminating(pod))
    const old = live.find((pod) => !isUpdated(input.set, pod, input.hash))
    const fresh = live.find((pod) => isUpdated(input.set, pod, input.hash))
    if (old === undefined) continue
    if (fresh !== undefined) {
      surging += 1
      if (isServing(input, fresh)) gone.push(old)
    } else if (placement === 'Run') {
      const list = isServing(input, old) ? ready : urgent
      list.push(node.metadata.name)
    }
  }
  const room = Math.max(0, maxSurge - surging)
  return { delete: gone, create: [...urgent, ...ready.slice(0, room)] }
}

function isServing({ set, nowMs }: DaemonUpdateInput, pod: PodObject): boolean {
  return !isTerminating(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)
}
