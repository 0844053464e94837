import { epochMs } from '../../../../core/kubernetes/epoch-ms.ts'
import { isReady, mostRestarts, readySinceMs } from '../pod-state.ts'
import type { PodObject } from '../workload-objects.ts'

export interface DeletionOrderContext {
  /** Minor of Kubernetes 1: from 22 the annotation `pod-deletion-cost` counts, and ages are compared by magnitude. */
  readonly minor: number
  readonly nowMs: number
  /** How many pods of the same workload run on the node of a pod; 0 unless told. */
  readonly colocated?: (pod: PodObject) => number
}

interface Candidate {
  readonly pod: PodObject
  readonly phase: number
  readonly ready: boolean
  readonly cost: number
  readonly colocated: number
  readonly readySinceMs: number | undefined
  readonly restarts: number
  readonly createdMs: number | undefined
}

const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** The annotation with which a user says what the deletion of a pod costs. */
const costAnnotation = 'controller.kubernetes.io/pod-deletion-cost'

/**
 * Pods in the order in which a smaller workload loses them: without a node, pending, not ready, cheaper, doubled up on a node,
 * ready for a shorter time, more restarts, younger. What none of these tells apart keeps its order.
 * Source: Kubernetes, ActivePodsWithRanks; documentation of ReplicaSet, Scaling a ReplicaSet.
 */
export function inDeletionOrder(pods: readonly PodObject[], context: DeletionOrderContext): readonly PodObject[] {
  return pods
    .map((pod) => candidate(pod, context))
    .sort((a, b) => compareDurable(a, b) || compareAges(a, b, context))
    .map(({ pod }) => pod)
}

function candidate(pod: PodObject, { minor, colocated = () => 0 }: DeletionOrderContext): Candidate {
  return {
    pod,
    phase: phases[pod.status?.phase ?? 'Pending'] ?? 0,
    ready: isReady(pod),
    cost: minor >= 22 ? costOf(pod) : 0,
    colocated: colocated(pod),
    readySinceMs: readySinceMs(pod),
    restarts: mostRestarts(pod),
    createdMs: epochMs(pod.metadata.creationTimestamp),
  }
}

function compareDurable(a: Candidate, b: Candidate): number {
  return (
    Number(isBound(a)) - Number(isBound(b)) ||
    a.phase - b.phase ||
    Number(a.ready) - Number(b.ready) ||
    a.cost - b.cost ||
    b.colocated - a.colocated
  )
}

function compareAges(a: Candidate, b: Candidate, context: DeletionOrderContext): number {
  const ready = a.ready && b.ready ? younger(a.readySinceMs, b.readySinceMs, context) : 0
  return ready || b.restarts - a.restarts || younger(a.createdMs, b.createdMs, context) || byUid(a, b, context)
}

/** Below 0 when `a` is the younger; no time at all is the youngest. From 1.22 ages of the same power of two (seconds) count as equal. */
function younger(a: number | undefined, b: number | undefined, { minor, nowMs }: DeletionOrderContext): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  return minor >= 22 ? magnitude(nowMs - a) - magnitude(nowMs - b) : b - a
}

function magnitude(ageMs: number): number {
  return ageMs <= 0 ? -1 : Math.floor(Math.log2(ageMs * 1_000_000))
}

function byUid(a: Candidate, b: Candidate, { minor }: DeletionOrderContext): number {
  if (minor < 22) return 0
  return a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1
}

function isBound({ pod }: Candidate): boolean {
  return (pod.spec.nodeName ?? '') !== ''
}

function costOf(pod: PodObject): number {
  const text = pod.metadata.annotations?.[costAnnotation] ?? '0'
  return /^-?(?:0|[1-9]\d{0,9})$/.test(text) ? Number(text) : 0
}
