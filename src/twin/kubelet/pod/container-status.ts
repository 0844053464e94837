import type { ContainerState as ApiState, ContainerStateTerminated, ContainerStatus } from 'kubernetes-types/core/v1'
import { assertNever } from '../../../core/assert-never.ts'
import { apiTime } from '../../api-time.ts'
import { imageId } from './container-id.ts'
import { type ContainerEnd, type ContainerRun, isReady } from './container-run.ts'

/** What of its pod and node stands in the status of a container. */
export interface ContainerSurroundings {
  /** `containerd`, `docker`, `cri-o`. */
  readonly runtime: string
  /** The pod has init containers: then what waits for its turn is PodInitializing. */
  readonly initializing: boolean
  readonly nowMs: number
}

/** The status of one container as a kubelet writes it. */
export function containerStatus(container: ContainerRun, of: ContainerSurroundings): ContainerStatus {
  const { spec, state, last, restartCount } = container
  // between two runs the last end is the state, and when a back-off is shown in its place, it is the last state
  const between = state.kind === 'Creating' || state.kind === 'Pulling' || state.kind === 'Blocked'
  const shown: ApiState = between && last !== undefined ? { terminated: terminated(last, of) } : apiState(container, of)
  const id = state.kind === 'Running' ? state.id : last?.id
  const lastState = last === undefined || shown.terminated !== undefined ? {} : { terminated: terminated(last, of) }
  return {
    name: spec.name,
    state: shown,
    lastState,
    ready: isReady(container, of.nowMs),
    restartCount,
    image: spec.image ?? '',
    imageID: id === undefined ? '' : imageId(spec.image ?? ''),
    ...(id === undefined ? {} : { containerID: `${of.runtime}://${id}` }),
    started: state.kind === 'Running' && state.upMs <= of.nowMs,
  }
}

function apiState(container: ContainerRun, of: ContainerSurroundings): ApiState {
  const { state } = container
  switch (state.kind) {
    case 'Blocked':
    case 'Pulling':
    case 'Creating':
      return { waiting: { reason: of.initializing ? 'PodInitializing' : 'ContainerCreating' } }
    case 'PullFailed':
      return { waiting: pullWaiting(container.spec.image ?? '', state) }
    case 'Stuck':
      return { waiting: { reason: state.reason, ...(state.message === '' ? {} : { message: state.message }) } }
    case 'CrashLoop':
      return { waiting: { reason: 'CrashLoopBackOff', message: state.message } }
    case 'Running':
      return { running: { startedAt: apiTime(state.startedMs) } }
    case 'Terminated':
      return { terminated: terminated(state.end, of) }
    default:
      return assertNever(state)
  }
}

function pullWaiting(image: string, state: { reason: string; message: string; backingOff: boolean }) {
  if (!state.backingOff) return { reason: state.reason, message: state.message }
  return { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` }
}

function terminated(end: ContainerEnd, of: ContainerSurroundings): ContainerStateTerminated {
  return {
    exitCode: end.exitCode,
    reason: end.reason,
    ...(end.message === undefined ? {} : { message: end.message }),
    startedAt: apiTime(end.startedMs),
    finishedAt: apiTime(end.finishedMs),
    containerID: `${of.runtime}://${end.id}`,
  }
}
