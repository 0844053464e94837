import type { Pod } from 'kubernetes-types/core/v1'
import type { PodEvent } from './kubelet-words.ts'
import type { PodRun } from './pod-run.ts'
import { killingEvents, stopPod } from './stop-pod.ts'

/** What comes of a deletion: the run that stops, and what is told of it the first time. */
export interface Deletion {
  readonly run: PodRun
  readonly events: readonly PodEvent[]
}

/** Stops a pod whose object is being deleted, within what is left of its grace: the kubelet may have heard late. Nothing changes for any other pod. */
export function stopDeleted(run: PodRun, { metadata }: Pod, nowMs: number): Deletion {
  if (metadata?.deletionTimestamp === undefined) return { run, events: [] }
  const graceSeconds = metadata.deletionGracePeriodSeconds ?? 0
  if (run.stop !== undefined) return { run: stopPod(run, { graceSeconds, nowMs }), events: [] }
  const sinceMs = Date.parse(metadata.deletionTimestamp) - graceSeconds * 1000
  const leftSeconds = Math.max(0, graceSeconds - Math.max(0, nowMs - sinceMs - 1000) / 1000)
  return { run: stopPod(run, { graceSeconds: leftSeconds, nowMs }), events: killingEvents(run) }
}
