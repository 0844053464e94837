import type { Container, ContainerStatus, Pod } from 'kubernetes-types/core/v1'
import { epochMs } from '../../../core/kubernetes/epoch-ms.ts'
import { isPodFinished } from '../../../core/kubernetes/pod-state.ts'
import type { ContainerCourse } from './container-course.ts'
import type { ContainerEnd, ContainerRole, ContainerRun, ContainerState } from './container-run.ts'
import { type PodRun, specsOf } from './pod-run.ts'
import { probeTimes } from './probe-schedule.ts'

/** How a container goes that was found running. */
export type CourseOf = (spec: Container, role: ContainerRole) => ContainerCourse

/** Reasons of waiting that pass by themselves: the container is taken up where it waits. */
const passing = new Set(['ContainerCreating', 'PodInitializing', 'ErrImagePull', 'ImagePullBackOff', ''])

/**
 * A pod that was there before this kubelet: what its status says is taken as it is. A container that crash-loops, or cannot be made, stays so.
 */
export function adoptPod(pod: Pod, courseOf: CourseOf, nowMs: number): PodRun {
  const { status = {} } = pod
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const containers = specsOf(pod).map(({ spec, role }) =>
    adopt(
      { spec, role },
      statuses.find(({ name }) => name === spec.name),
      {
        courseOf,
        nowMs,
      },
    ),
  )
  const startMs = epochMs(status.startTime) ?? nowMs
  const begun = containers.some(({ state }) => state.kind !== 'Blocked')
  return {
    startMs,
    sandboxMs: begun ? startMs : nowMs,
    ...(status.podIP === undefined ? {} : { podIp: status.podIP }),
    containers,
    ...(status.phase === 'Failed' && status.reason !== undefined
      ? { failed: { reason: status.reason, message: status.message ?? '' } }
      : {}),
  }
}

function adopt(
  { spec, role }: { spec: Container; role: ContainerRole },
  status: ContainerStatus | undefined,
  by: { courseOf: CourseOf; nowMs: number },
): ContainerRun {
  const ended = status?.state?.terminated ?? status?.lastState?.terminated
  const last: ContainerEnd | undefined =
    ended === undefined
      ? undefined
      : {
          id: idOf(ended.containerID),
          exitCode: ended.exitCode,
          reason: ended.reason ?? 'Error',
          ...(ended.message === undefined ? {} : { message: ended.message }),
          startedMs: epochMs(ended.startedAt) ?? by.nowMs,
          finishedMs: epochMs(ended.finishedAt) ?? by.nowMs,
        }
  return {
    spec,
    role,
    restartCount: status?.restartCount ?? 0,
    backOffSeconds: 0,
    ...(last === undefined ? {} : { last }),
    state: stateOf({ spec, role }, status, { ...by, last }),
  }
}

function stateOf(
  { spec, role }: { spec: Container; role: ContainerRole },
  status: ContainerStatus | undefined,
  { courseOf, nowMs, last }: { courseOf: CourseOf; nowMs: number; last: ContainerEnd | undefined },
): ContainerState {
  const { waiting, running, terminated } = status?.state ?? {}
  if (terminated !== undefined && last !== undefined) return { kind: 'Terminated', end: last }
  if (running === undefined) {
    const { reason = '', message = '' } = waiting ?? {}
    return passing.has(reason) ? { kind: 'Blocked' } : { kind: 'Stuck', reason, message }
  }
  const startedMs = epochMs(running.startedAt) ?? nowMs
  const course = courseOf(spec, role)
  const endsMs = course.act === undefined ? startedMs + course.seconds * 1000 : Number.POSITIVE_INFINITY
  const probes = probeTimes(spec, startedMs, startedMs + course.readySeconds * 1000)
  // one that should long be ready and is not has a reason that nobody here knows
  const unready = probes.readyMs <= nowMs ? Number.POSITIVE_INFINITY : probes.readyMs
  const readyMs = status?.ready === true ? startedMs : unready
  const upMs = status?.started === false ? probes.upMs : startedMs
  return { kind: 'Running', id: idOf(status?.containerID), startedMs, upMs, readyMs, endsMs, exitCode: course.exitCode, course, told: true }
}

/** Whether a pod goes on as it is until somebody else touches it: nothing has to be remembered of it. */
export function isAtRest(pod: Pod, courseOf: CourseOf): boolean {
  const { status = {}, metadata = {} } = pod
  if (metadata.deletionTimestamp !== undefined) return false
  if (isPodFinished(status)) return true
  if (status.phase !== 'Running' || pod.spec?.activeDeadlineSeconds !== undefined) return false
  const running = (status.containerStatuses ?? []).every(({ ready, state }) => ready && state?.running !== undefined)
  if (!running || (status.containerStatuses ?? []).length !== pod.spec?.containers.length) return false
  return specsOf(pod).every(({ spec, role }) => role === 'Init' || courseOf(spec, role).seconds === Number.POSITIVE_INFINITY)
}

/** Without the name of the runtime in front. */
function idOf(containerId: string | undefined): string {
  return containerId?.replace(/^.*:\/\//, '') ?? ''
}
