import { epochMs } from '../../../core/kubernetes/epoch-ms.ts'
import { isPodFinished, isPodReady } from '../../../core/kubernetes/pod-state.ts'
import { sameJson } from '../../api/same-json.ts'
import type { PodObject } from './workload-objects.ts'

/** Neither finished nor being deleted: counts as one of its owner's. */
export function isActive(pod: PodObject): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined
}

/** Its containers have ended and are not started again. */
export function isFinished(pod: PodObject): boolean {
  return isPodFinished(pod.status)
}

export function isTerminating(pod: PodObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined
}

export function isReady(pod: PodObject): boolean {
  return isPodReady(pod.status)
}

/** Since when it is ready, epoch ms; `undefined` when it is not, or does not say. */
export function readySinceMs(pod: PodObject): number | undefined {
  return epochMs(readyCondition(pod)?.lastTransitionTime)
}

/**
 * From when on it counts as available, epoch ms: ready for longer than `minReadySeconds`. `undefined` when it is not ready.
 * Source: Kubernetes, podutil.IsPodAvailable.
 */
function availableFromMs(pod: PodObject, minReadySeconds: number): number | undefined {
  if (!isReady(pod)) return undefined
  if (minReadySeconds === 0) return Number.NEGATIVE_INFINITY
  const since = readySinceMs(pod)
  return since === undefined ? undefined : since + minReadySeconds * 1000 + 1
}

export function isAvailable(pod: PodObject, minReadySeconds: number, nowMs: number): boolean {
  const from = availableFromMs(pod, minReadySeconds)
  return from !== undefined && from <= nowMs
}

/** When the next of these pods turns from ready to available, in ms from now; `undefined` when none does by itself. */
export function nextAvailableInMs(pods: readonly PodObject[], minReadySeconds: number, nowMs: number): number | undefined {
  if (minReadySeconds === 0) return undefined
  const waits = pods.flatMap((pod) => {
    const from = availableFromMs(pod, minReadySeconds)
    return from !== undefined && from > nowMs ? [from - nowMs] : []
  })
  return waits.length === 0 ? undefined : waits.reduce((a, b) => Math.min(a, b))
}

/** Restarts of the container that was restarted most. */
export function mostRestarts(pod: PodObject): number {
  return (pod.status?.containerStatuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0)
}

/** Whether two versions of a pod count the same for an owner that counts what lives and what is ready. */
export function countAlike(a: PodObject, b: PodObject): boolean {
  const [live, lived] = [isActive(a), isActive(b)]
  if (live !== lived || !sameJson(a.metadata.labels, b.metadata.labels)) return false
  return !live || sameReadiness(a, b)
}

/** Ready or not, and since when. */
export function sameReadiness(a: PodObject, b: PodObject): boolean {
  return readyCondition(a)?.lastTransitionTime === readyCondition(b)?.lastTransitionTime && isReady(a) === isReady(b)
}

function readyCondition(pod: PodObject) {
  return pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True')
}
