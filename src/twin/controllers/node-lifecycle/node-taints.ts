import type { Node, Taint } from 'kubernetes-types/core/v1'
import { apiTime } from '../../api-time.ts'
import { readyCondition } from './node-health.ts'

export const notReadyTaint = 'node.kubernetes.io/not-ready'
export const unreachableTaint = 'node.kubernetes.io/unreachable'
const unschedulableTaint = 'node.kubernetes.io/unschedulable'

/** Which taint a condition stands for, by its status. Source: Kubernetes, Taints and Tolerations: Taint Nodes by Condition. */
const conditionTaints: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: notReadyTaint, Unknown: unreachableTaint },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}

const mirrored = new Set([...Object.values(conditionTaints).flatMap((byStatus) => Object.values(byStatus)), unschedulableTaint])

/**
 * The taints of a node with those of effect NoSchedule that mirror its conditions and its cordon; others are left as they are. The list itself
 * when nothing is different.
 */
export function mirroredTaints(node: Node, nowMs: number): readonly Taint[] {
  const stored = node.spec?.taints ?? []
  const wanted = wantedNoSchedule(node)
  const kept = stored.filter(({ key, effect }) => effect !== 'NoSchedule' || !mirrored.has(key) || wanted.has(key))
  const missing = [...wanted].filter((key) => !stored.some((taint) => taint.key === key && taint.effect === 'NoSchedule'))
  if (missing.length === 0 && kept.length === stored.length) return stored
  return [...kept, ...missing.map((key): Taint => ({ effect: 'NoSchedule', key, timeAdded: apiTime(nowMs) }))]
}

function wantedNoSchedule({ spec, status }: Node): ReadonlySet<string> {
  const keys = (status?.conditions ?? []).flatMap(({ type, status: is }) => conditionTaints[type]?.[is] ?? [])
  return new Set(spec?.unschedulable === true ? [...keys, unschedulableTaint] : keys)
}

/** The taint of effect NoExecute that a node's Ready asks for; none while it is True. */
export function evictingTaint(node: Node): typeof notReadyTaint | typeof unreachableTaint | undefined {
  switch (readyCondition(node)?.status) {
    case 'False':
      return notReadyTaint
    case 'Unknown':
      return unreachableTaint
    default:
      return undefined
  }
}

/** The taints of a node with exactly one of the two that evict for want of readiness, or with none. The list itself when nothing is different. */
export function withEvictingTaint(node: Node, key: ReturnType<typeof evictingTaint>, nowMs: number): readonly Taint[] {
  const stored = node.spec?.taints ?? []
  const kept = stored.filter((taint) => !isEvictingTaint(taint) || taint.key === key)
  if (key === undefined || kept.some((taint) => isEvictingTaint(taint))) return kept.length === stored.length ? stored : kept
  return [...kept, { effect: 'NoExecute', key, timeAdded: apiTime(nowMs) }]
}

/** Whether a taint is one of the two that this controller sets on nodes that are not ready. */
export function isEvictingTaint({ key, effect }: Taint): boolean {
  return effect === 'NoExecute' && (key === notReadyTaint || key === unreachableTaint)
}
