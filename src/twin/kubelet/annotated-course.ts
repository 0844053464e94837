import type { ContainerStart } from './image-behaviour.ts'
import type { ContainerCourse } from './pod/container-course.ts'

const prefix = 'twin.falkirk.dev/'

/**
 * What a pod's annotations say of its main containers: `twin.falkirk.dev/run-seconds`, `exit-code`, `ready-seconds` (`never`), `stop-seconds`
 * and `log`; for one container only with its name behind: `twin.falkirk.dev/exit-code.web`. What is no number says nothing.
 */
export function annotatedCourse({ pod, container, role }: ContainerStart): Partial<ContainerCourse> | undefined {
  const annotations = pod.metadata?.annotations
  if (annotations === undefined) return undefined
  const said = (name: string) =>
    annotations[`${prefix}${name}.${container.name}`] ?? (role === 'Main' ? annotations[`${prefix}${name}`] : undefined)
  return {
    ...field('seconds', secondsOf(said('run-seconds'))),
    ...field('exitCode', secondsOf(said('exit-code'))),
    ...field('readySeconds', secondsOf(said('ready-seconds'))),
    ...field('stopSeconds', secondsOf(said('stop-seconds'))),
    ...field('log', said('log')),
  }
}

function field<K extends keyof ContainerCourse>(name: K, value: ContainerCourse[K] | undefined): Partial<ContainerCourse> {
  return value === undefined ? {} : { [name]: value }
}

function secondsOf(text: string | undefined): number | undefined {
  if (text === 'never') return Number.POSITIVE_INFINITY
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text)) return undefined
  return Number(text)
}
