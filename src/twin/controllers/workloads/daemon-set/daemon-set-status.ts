import type { DaemonSetStatus } from 'kubernetes-types/apps/v1'
import { isAvailable, isReady } from '../pod-state.ts'
import { isUpdated } from './daemon-pod.ts'
import type { DaemonUpdateInput } from './daemon-rolling-update.ts'

/** The numbers of a DaemonSet: of each node the first pod counts. Source: Kubernetes API reference, DaemonSetStatus. */
export function daemonSetStatus({ set, nodes, hash, nowMs }: DaemonUpdateInput): DaemonSetStatus {
  const wanted = nodes.filter(({ placement }) => placement === 'Run')
  const running = wanted.flatMap(({ pods }) => pods[0] ?? [])
  const ready = running.filter(isReady)
  const available = ready.filter((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)).length
  return {
    observedGeneration: set.metadata.generation ?? 0,
    desiredNumberScheduled: wanted.length,
    currentNumberScheduled: running.length,
    numberMisscheduled: nodes.filter(({ placement, pods }) => placement !== 'Run' && pods.length > 0).length,
    numberReady: ready.length,
    updatedNumberScheduled: running.filter((pod) => isUpdated(set, pod, hash)).length,
    numberAvailable: available,
    numberUnavailable: wanted.length - available,
  }
}
