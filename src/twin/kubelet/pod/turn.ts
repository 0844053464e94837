import type { Pod } from 'kubernetes-types/core/v1'
import type { ContainerCourse } from './container-course.ts'
import type { ContainerEnd, ContainerRole, ContainerRun, ImagePull } from './container-run.ts'
import type { PodEvent } from './kubelet-words.ts'
import type { PodTimings } from './pod-timings.ts'

/** What the node says to the pods on it. */
export interface PodSurroundings {
  readonly timings: PodTimings
  /** Of the kubelet: Kubernetes 1.N. */
  readonly minor: number
  /** How a container goes that is about to run. */
  courseOf(container: ContainerRun): ContainerCourse
  /** Begins to fetch an image for a container, unless the node has it and may use it. */
  pull(container: ContainerRun): ImagePull
}

/** What must happen outside because a container has moved on. */
export type ContainerEffect =
  | { readonly kind: 'Started'; readonly container: string; readonly role: ContainerRole; readonly course: ContainerCourse }
  | {
      readonly kind: 'Ended'
      readonly container: string
      readonly role: ContainerRole
      readonly end: ContainerEnd
      readonly course: ContainerCourse
    }

/** One look at a pod: what is known, and what comes of it. Collected while the containers are gone through, never kept. */
export class Turn {
  readonly pod: Pod
  readonly at: PodSurroundings
  readonly nowMs: number
  readonly events: PodEvent[] = []
  readonly effects: ContainerEffect[] = []
  /** When to look again, epoch ms. */
  wakeMs = Number.POSITIVE_INFINITY

  constructor(pod: Pod, at: PodSurroundings, nowMs: number) {
    this.pod = pod
    this.at = at
    this.nowMs = nowMs
  }

  /** True when the time has come; otherwise it is looked at again then. */
  reached(ms: number): boolean {
    if (ms <= this.nowMs) return true
    this.wakeMs = Math.min(this.wakeMs, ms)
    return false
  }
}
