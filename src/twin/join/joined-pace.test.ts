import { expect, it } from 'vitest'
import type { ContainerStart } from '../kubelet/image-behaviour.ts'
import { defaultTimings } from '../kubelet/pod/pod-timings.ts'
import { joinedPace } from './joined-pace.ts'

const start = {
  pod: { metadata: { annotations: { 'twin.falkirk.dev/stop-seconds': '8' } } },
  container: { name: 'a' },
  role: 'Main',
} as unknown as ContainerStart

it('four times as fast: a quarter of the time for pods, images and machines, and images as large as before', () => {
  const { timingsOf, behaviours, restartSeconds, bootSeconds, settleSeconds } = joinedPace(4, [() => ({ seconds: 12, exitCode: 3 })])
  const { imageBytes, pullBytesPerSecond, readySeconds, stopSeconds } = defaultTimings
  expect(timingsOf({})).toMatchObject({
    imageBytes,
    pullBytesPerSecond: pullBytesPerSecond * 4,
    readySeconds: readySeconds / 4,
    stopSeconds: stopSeconds / 4,
  })
  expect({ restartSeconds, bootSeconds, settleSeconds }).toEqual({ restartSeconds: 2.5, bootSeconds: 15, settleSeconds: 0.75 })
  expect(behaviours.map((behaviour) => behaviour(start))).toEqual([{ seconds: 3, exitCode: 3 }, { stopSeconds: 2 }])
})

it('what an image leaves open, and what never ends, stays so', () => {
  const { behaviours } = joinedPace(2, [() => undefined, () => ({ seconds: Number.POSITIVE_INFINITY })])
  expect(behaviours.slice(0, 2).map((behaviour) => behaviour(start))).toEqual([undefined, { seconds: Number.POSITIVE_INFINITY }])
})
