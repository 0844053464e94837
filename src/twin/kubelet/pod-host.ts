import type { Pod } from 'kubernetes-types/core/v1'
import type { Clock } from '../../cluster/clock.ts'
import type { KubeletApi } from './kubelet-api.ts'
import type { ContainerCourse, CourseEnd } from './pod/container-course.ts'
import type { ContainerRun } from './pod/container-run.ts'
import type { PodEvent } from './pod/kubelet-words.ts'
import type { PodVerdict } from './pod/pod-run.ts'
import type { PodStatusContext } from './pod/pod-status.ts'
import type { PodTimings } from './pod/pod-timings.ts'
import type { ContainerEffect, PodSurroundings } from './pod/turn.ts'
import type { PodLack } from './pod-lack.ts'

/** What a pod's worker needs of the kubelet it belongs to. */
export interface PodHost {
  readonly clock: Clock
  readonly api: KubeletApi
  readonly minor: number
  /** False while the kubelet is down or cut off: nothing is decided, nothing is written. */
  isPresent(): boolean
  /** From a write that the API server did not take to the next try. */
  readonly retryMs: number
  timingsOf(pod: Pod): PodTimings
  statusContext(nowMs: number, before: PodStatusContext['before']): PodStatusContext
  surroundingsOf(pod: Pod): PodSurroundings
  courseOf(pod: Pod, container: Pick<ContainerRun, 'spec' | 'role' | 'restartCount'>): ContainerCourse
  /** Why the pod is not taken; `undefined`: it is, and has its share of the node from now on. */
  admit(pod: Pod): Promise<PodVerdict | undefined>
  /** Its containers have ended: its share of the node is free. */
  release(pod: Pod): void
  newPodIp(pod: Pod): string
  event(pod: Pod, event: PodEvent): void
  /** A container has started or ended: logs, and what it has done to the machine. */
  happened(pod: Pod, effect: ContainerEffect, said?: CourseEnd): void
  /** What a pod mounts and what is not there yet. */
  lackOf(pod: Pod): Promise<PodLack | undefined>
}
