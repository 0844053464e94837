import type { Container, Pod, PodSpec } from 'kubernetes-types/core/v1'
import { advancePod, type PodAdvance } from './advance-pod.ts'
import type { ContainerCourse } from './container-course.ts'
import type { ImagePull } from './container-run.ts'
import { newPodRun, type PodRun } from './pod-run.ts'
import { defaultTimings } from './pod-timings.ts'

const endless: ContainerCourse = { seconds: Number.POSITIVE_INFINITY, exitCode: 0, log: '', readySeconds: 0, stopSeconds: 2 }

/** A pod with this spec; container `c` unless told. */
export function podWith(spec: Partial<PodSpec> = {}): Pod {
  const containers = spec.containers ?? [container('c')]
  return { metadata: { name: 'p', namespace: 'ns', uid: 'u' }, spec: { ...spec, containers } }
}

export function container(name: string, rest: Partial<Container> = {}): Container {
  return { name, image: `${name}:1`, ...rest }
}

/** A pod in a time of its own: nothing takes time but what is told. Seconds from its start. */
export class PodStory {
  readonly pod: Pod
  run: PodRun
  readonly events: string[] = []
  readonly courses: Record<string, Partial<ContainerCourse>[]>
  readonly #pulls: Record<string, ImagePull | undefined>
  readonly #minor: number
  last: PodAdvance | undefined

  /** `courses` of each container: its first, its second run and so on; the last one is that of all further ones. */
  constructor(
    pod: Pod,
    of: {
      courses?: Record<string, Partial<ContainerCourse>[]>
      pulls?: Record<string, ImagePull>
      minor?: number
      sandboxSeconds?: number
    } = {},
  ) {
    this.pod = pod
    this.courses = of.courses ?? {}
    this.#pulls = of.pulls ?? {}
    this.#minor = of.minor ?? 36
    this.run = newPodRun(pod, 0, (of.sandboxSeconds ?? 0) * 1000)
  }

  /** Takes the pod to a time, looking at it whenever it asked for that. */
  to(seconds: number): this {
    for (let nowMs = this.last?.wakeMs ?? 0; ; nowMs = this.last?.wakeMs ?? Number.POSITIVE_INFINITY) {
      if (nowMs > seconds * 1000) break
      this.at(nowMs / 1000)
      if ((this.last?.wakeMs ?? 0) <= nowMs) throw new Error(`the pod asks to be looked at again at once, at ${nowMs} ms`)
    }
    return this.at(seconds)
  }

  at(seconds: number): this {
    const timings = { ...defaultTimings, createSeconds: 0 }
    const surroundings = {
      timings,
      minor: this.#minor,
      courseOf: ({ spec, restartCount, last }: PodRun['containers'][number]) => {
        const list = this.courses[spec.name] ?? []
        const nth = last === undefined ? 0 : restartCount + 1
        return { ...endless, ...(list[nth] ?? list.at(-1)) }
      },
      pull: ({ spec }: PodRun['containers'][number]) => this.#pulls[spec.name] ?? { kind: 'Present' as const },
    }
    this.last = advancePod(this.run, this.pod, surroundings, seconds * 1000)
    this.run = this.last.run
    this.events.push(...this.last.events.map(({ reason, message }) => `${seconds}s ${reason}: ${message}`))
    return this
  }

  /** `Running`, `Terminated 1`, `CrashLoop` … by container. */
  states(): Record<string, string> {
    return Object.fromEntries(
      this.run.containers.map(({ spec, state }) => [
        spec.name,
        state.kind === 'Terminated' ? `Terminated ${state.end.exitCode}` : state.kind,
      ]),
    )
  }

  restarts(name = 'c'): number {
    return this.run.containers.find(({ spec }) => spec.name === name)?.restartCount ?? -1
  }
}
