import type { PodObject } from './pod-object.ts'

/** What has become of one container so far. */
export type ContainerState =
  | { readonly kind: 'Waiting'; readonly reason: string; readonly message: string }
  | { readonly kind: 'Running'; readonly sinceMs: number }
  | { readonly kind: 'Terminated'; readonly exitCode: number; readonly sinceMs: number; readonly untilMs: number }

export interface PodState {
  readonly init: readonly ContainerState[]
  readonly main: readonly ContainerState[]
  readonly restarts: number
  /** No container will be started any more. */
  readonly over: boolean
}

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

/** The status that a kubelet would write, as a strategic merge patch (the scheduler's condition stays). */
export function podStatus(pod: PodObject, state: PodState, at: { podIp: string; startedMs: number; nowMs: number }): object {
  const phase = phaseOf(state)
  const initialized = state.init.every((container) => container.kind === 'Terminated' && container.exitCode === 0)
  const ready = phase === 'Running' && state.main.every((container) => container.kind === 'Running')
  const time = rfc3339(at.nowMs)
  const condition = (type: string, on: boolean, reason?: string) => ({
    type,
    status: on ? 'True' : 'False',
    lastTransitionTime: time,
    ...(reason === undefined || on ? {} : { reason }),
  })
  const unready = phase === 'Succeeded' ? 'PodCompleted' : 'ContainersNotReady'
  return {
    phase,
    hostIP: '127.0.0.1',
    podIP: at.podIp,
    podIPs: [{ ip: at.podIp }],
    startTime: rfc3339(at.startedMs),
    conditions: [
      condition('Initialized', initialized, 'ContainersNotInitialized'),
      condition('Ready', ready, unready),
      condition('ContainersReady', ready, unready),
    ],
    initContainerStatuses: (pod.spec.initContainers ?? []).map((spec, i) => containerStatus(spec, state.init[i], 0)),
    containerStatuses: pod.spec.containers.map((spec, i) => containerStatus(spec, state.main[i], state.restarts)),
  }
}

/** The phase as the Kubernetes pod lifecycle documents it. */
export function phaseOf({ init, main, over }: PodState): Phase {
  if (over) {
    const clean = [...init, ...main].every((container) => container.kind === 'Terminated' && container.exitCode === 0)
    return clean ? 'Succeeded' : 'Failed'
  }
  return main.every((container) => container.kind === 'Waiting') ? 'Pending' : 'Running'
}

/** RFC 3339 in whole seconds, as `metav1.Time` is. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** RFC 3339 with microseconds, as `metav1.MicroTime` is. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}

const notYet: ContainerState = { kind: 'Waiting', reason: 'PodInitializing', message: '' }

function containerStatus(spec: { name: string; image: string }, state: ContainerState = notYet, restartCount: number): object {
  const done = state.kind === 'Terminated' && state.exitCode === 0
  return {
    name: spec.name,
    image: spec.image,
    imageID: state.kind === 'Waiting' ? '' : `simulated://${spec.image}`,
    containerID: state.kind === 'Waiting' ? '' : `simulated://${spec.name}`,
    ready: state.kind === 'Running' || done,
    started: state.kind === 'Running',
    restartCount,
    state: rawState(state),
    lastState: {},
  }
}

function rawState(state: ContainerState): object {
  switch (state.kind) {
    case 'Waiting':
      return { waiting: { reason: state.reason, ...(state.message === '' ? {} : { message: state.message }) } }
    case 'Running':
      return { running: { startedAt: rfc3339(state.sinceMs) } }
    case 'Terminated':
      return {
        terminated: {
          exitCode: state.exitCode,
          reason: state.exitCode === 0 ? 'Completed' : 'Error',
          startedAt: rfc3339(state.sinceMs),
          finishedAt: rfc3339(state.untilMs),
        },
      }
  }
}
