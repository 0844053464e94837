import { isAvailable } from '../pod-state.ts'
import type { PodObject } from '../workload-objects.ts'
import { isUpdated } from './daemon-pod.ts'
import { type DaemonUpdateInput, updateLimits } from './daemon-rolling-update.ts'

/**
 * Which of the pods on one node are too many: all but the oldest; while an update lets nodes have two, the older one of the present template and
 * the older one of a former one stay, the former until the present one serves.
 */
export function daemonSurplus(input: DaemonUpdateInput): (pods: readonly PodObject[]) => readonly PodObject[] {
  const surges = input.set.spec.updateStrategy?.type !== 'OnDelete' && updateLimits(input).maxSurge > 0
  if (!surges) return (pods) => pods.slice(1)
  return (pods) => {
    if (pods.length < 2) return []
    const fresh = pods.find((pod) => isUpdated(input.set, pod, input.hash))
    const old = pods.find((pod) => !isUpdated(input.set, pod, input.hash))
    const replaced = fresh !== undefined && isAvailable(fresh, input.set.spec.minReadySeconds ?? 0, input.nowMs)
    return pods.filter((pod) => pod !== fresh && (pod !== old || replaced))
  }
}
