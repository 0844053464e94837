import { annotatedCourse } from '../kubelet/annotated-course.ts'
import type { ImageBehaviour } from '../kubelet/image-behaviour.ts'
import type { KubeletOptions } from '../kubelet/kubelet-options.ts'
import { defaultTimings, type PodTimings } from '../kubelet/pod/pod-timings.ts'

export type JoinedPace = Pick<KubeletOptions, 'behaviours' | 'timingsOf' | 'restartSeconds' | 'bootSeconds' | 'settleSeconds'>

/**
 * How long things take on machines that are `speed` times as fast. Heartbeats, probes and grace periods keep the time of the cluster,
 * whose other parts reckon with it.
 */
export function joinedPace(speed: number, behaviours: readonly ImageBehaviour[]): JoinedPace {
  const timings = fasterTimings(speed)
  return {
    timingsOf: () => timings,
    behaviours: [...behaviours, annotatedCourse].map((behaviour) => fasterBehaviour(behaviour, speed)),
    restartSeconds: 10 / speed,
    bootSeconds: 60 / speed,
    settleSeconds: 3 / speed,
  }
}

function fasterTimings(speed: number): PodTimings {
  const { pullBytesPerSecond, imageBytes, ...seconds } = defaultTimings
  const faster = Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, value / speed])) as typeof seconds
  return { ...faster, imageBytes, pullBytesPerSecond: pullBytesPerSecond * speed }
}

const durations = ['seconds', 'readySeconds', 'stopSeconds'] as const

function fasterBehaviour(behaviour: ImageBehaviour, speed: number): ImageBehaviour {
  return (start) => {
    const course = behaviour(start)
    if (course === undefined) return undefined
    const faster = durations.flatMap((name) => (course[name] === undefined ? [] : [[name, course[name] / speed] as const]))
    return { ...course, ...Object.fromEntries(faster) }
  }
}
