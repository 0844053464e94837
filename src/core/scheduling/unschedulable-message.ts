import type { Rejection } from './rejection.ts'
import type { UnschedulableVerdict } from './schedule-pod.ts'

export interface MessageOptions {
  /** Registered nodes. */
  readonly nodeCount: number
  readonly minor: number
  /** What preemption found out, where it did not help; said from 1.24 on. */
  readonly preemption?: string
}

/** What is said of a pod in a cluster without nodes. */
export const noNodesMessage = 'no nodes available to schedule pods'

/**
 * The message of the event FailedScheduling and of the condition PodScheduled: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) …`.
 * Source: kube-scheduler, FitError.
 */
export function unschedulableMessage(verdict: UnschedulableVerdict, { nodeCount, minor, preemption }: MessageOptions): string {
  const beforehand = minor >= 25 ? verdict.beforehand : undefined
  const reasons = beforehand?.reasons.join(', ') ?? countedReasons(verdict.rejections.values())
  const said = `0/${nodeCount} nodes are available:${reasons === '' && minor >= 25 ? '' : ` ${reasons}.`}`
  if (minor < 24 || preemption === undefined) return said
  const claims = minor >= 34 ? 'no new claims to deallocate, ' : ''
  return `${said} ${claims}preemption: ${preemption}${minor >= 25 && minor < 30 ? '.' : ''}`
}

/** Each reason with the number of nodes that gave it, in the order of text: `1 …`, `10 …`, `2 …`. */
export function countedReasons(rejections: Iterable<Rejection>): string {
  const counts = new Map<string, number>()
  for (const { reasons } of rejections) {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join(', ')
}
