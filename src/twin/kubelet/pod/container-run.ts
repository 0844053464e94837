import type { Container } from 'kubernetes-types/core/v1'
import type { ContainerCourse } from './container-course.ts'

/** An end of a container. Times are epoch ms. */
export interface ContainerEnd {
  /** Of the container that has ended: 64 hexadecimal digits. */
  readonly id: string
  readonly exitCode: number
  /** `Completed`, `Error`, `OOMKilled`, `Unknown` … */
  readonly reason: string
  readonly message?: string
  readonly startedMs: number
  readonly finishedMs: number
}

/** Whether and when an image is on the node. Source: Kubernetes, Images. */
export type ImagePull =
  | { readonly kind: 'Present' }
  /** `bytes` is what the event tells; `waitedMs` the part of the time in which other pulls of the node were served. */
  | { readonly kind: 'Pulled'; readonly untilMs: number; readonly tookMs: number; readonly waitedMs: number; readonly bytes: number }
  /** `reason` is ErrImagePull unless the image must not be pulled or its name is none. */
  | {
      readonly kind: 'Refused'
      readonly untilMs: number
      readonly reason: 'ErrImagePull' | 'ErrImageNeverPull' | 'InvalidImageName'
      readonly message: string
    }

/** Where a container is on its way. */
export type ContainerState =
  /** Not its turn yet: the sandbox or an init container comes first. */
  | { readonly kind: 'Blocked' }
  | { readonly kind: 'Pulling'; readonly pull: Exclude<ImagePull, { kind: 'Present' }>; readonly failures: number }
  /** Shows the failure, then that it backs off, until it tries again. */
  | {
      readonly kind: 'PullFailed'
      readonly reason: string
      readonly message: string
      readonly backingOff: boolean
      readonly backOffAtMs: number
      readonly untilMs: number
      readonly failures: number
    }
  | { readonly kind: 'Creating'; readonly untilMs: number }
  /** What it waits for does not come by itself. */
  | { readonly kind: 'Stuck'; readonly reason: string; readonly message: string }
  | RunningState
  | { readonly kind: 'Terminated'; readonly end: ContainerEnd }
  | { readonly kind: 'CrashLoop'; readonly untilMs: number; readonly message: string }

export interface RunningState {
  readonly kind: 'Running'
  /** 64 hexadecimal digits. */
  readonly id: string
  readonly startedMs: number
  /** When its startup probe has succeeded; at once without one. */
  readonly upMs: number
  /** When its readiness probe has succeeded; Infinity: it does not. */
  readonly readyMs: number
  /** When it ends; Infinity: not by itself. */
  readonly endsMs: number
  readonly exitCode: number
  readonly course: ContainerCourse
  /** The failing readiness probe has been told. */
  readonly told: boolean
}

/** `Sidecar` is an init container with restartPolicy Always. Source: Kubernetes, Sidecar Containers. */
export type ContainerRole = 'Init' | 'Sidecar' | 'Main'

/** One container of a pod and what has become of it. */
export interface ContainerRun {
  readonly spec: Container
  readonly role: ContainerRole
  readonly state: ContainerState
  readonly restartCount: number
  /** The last end of it. */
  readonly last?: ContainerEnd
  /** Seconds of the next crash back-off; 0: none so far. */
  readonly backOffSeconds: number
}

/** Whether its program runs and answers its readiness probe. */
export function isReady(container: ContainerRun, nowMs: number): boolean {
  const { state, role } = container
  if (role === 'Init') return state.kind === 'Terminated' && state.end.exitCode === 0
  return state.kind === 'Running' && state.readyMs <= nowMs
}

/** Whether what comes after it may start: an init container has succeeded, a sidecar is up. */
export function letsNextStart(container: ContainerRun, nowMs: number): boolean {
  const { state, role } = container
  if (role === 'Sidecar') return state.kind === 'Running' && state.upMs <= nowMs
  return state.kind === 'Terminated' && state.end.exitCode === 0
}
