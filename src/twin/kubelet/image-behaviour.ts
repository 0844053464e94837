import type { Container, Pod } from 'kubernetes-types/core/v1'
import type { Machine } from '../machine/machine.ts'
import type { ContainerCourse } from './pod/container-course.ts'
import type { ContainerRole } from './pod/container-run.ts'
import type { PodTimings } from './pod/pod-timings.ts'

/** One start of a container. */
export interface ContainerStart {
  readonly pod: Pod
  readonly container: Container
  readonly role: ContainerRole
  readonly machine: Machine
  /** How often this container of this pod has been started before. */
  readonly restarts: number
}

/** What an image does when it is started, as far as it knows; `undefined`: not its image. */
export type ImageBehaviour = (start: ContainerStart) => Partial<ContainerCourse> | undefined

/**
 * How a container goes: what the first behaviour says, else the second and so on, field by field; last what its annotations and its owner tell.
 * Init containers end at once, those of a Job after the profile's time, all others run on.
 */
export function courseOf(start: ContainerStart, behaviours: readonly ImageBehaviour[], timings: PodTimings): ContainerCourse {
  const course: Partial<ContainerCourse> = {}
  for (const behaviour of behaviours.toReversed()) Object.assign(course, behaviour(start))
  return { ...defaultCourse(start, timings), ...course }
}

function defaultCourse({ pod, role }: ContainerStart, timings: PodTimings): ContainerCourse {
  const { readySeconds, stopSeconds, jobSeconds } = timings
  const ofJob = pod.metadata?.ownerReferences?.some(({ kind, controller }) => kind === 'Job' && controller !== false) === true
  const finite = role === 'Init' || (role === 'Main' && ofJob)
  const seconds = role === 'Init' ? 0 : jobSeconds
  return { seconds: finite ? seconds : Number.POSITIVE_INFINITY, exitCode: 0, log: '', readySeconds, stopSeconds }
}
