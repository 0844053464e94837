import { describe, expect, it } from 'vitest'
import { NodeImages, notFoundMessage } from './node-images.ts'
import { defaultTimings } from './pod/pod-timings.ts'

const timings = { ...defaultTimings, pullBytesPerSecond: 1000, pullOverheadSeconds: 1, imageBytes: 4000 }

function images() {
  return new NodeImages('a', (image) =>
    image.startsWith('gone') ? { kind: 'Refused', message: notFoundMessage(image) } : { kind: 'Found' },
  )
}

describe('an image on a node', () => {
  it('is pulled once, in the time that its size takes', () => {
    const node = images()
    expect(node.pull({ name: 'c', image: 'x:1' }, timings, 0)).toMatchObject({ kind: 'Pulled', untilMs: 5000, bytes: 4000 })
    expect(node.pull({ name: 'c', image: 'x:1' }, timings, 6000)).toEqual({ kind: 'Present' })
  })

  it('waits for the pulls before it', () => {
    const node = images()
    node.pull({ name: 'c', image: 'x:1' }, timings, 0)
    expect(node.pull({ name: 'c', image: 'y:1' }, timings, 2000)).toMatchObject({ untilMs: 10_000, tookMs: 5000, waitedMs: 3000 })
  })

  it('is looked up again with imagePullPolicy Always, but not fetched again', () => {
    const node = images()
    node.add('x:1', 4000)
    expect(node.pull({ name: 'c', image: 'x:1', imagePullPolicy: 'Always' }, timings, 0)).toMatchObject({ kind: 'Pulled', tookMs: 1000 })
    expect(node.pull({ name: 'c', image: 'x' }, timings, 10_000)).toMatchObject({ kind: 'Pulled' })
  })

  it.each([
    { spec: { image: 'gone:1' }, reason: 'ErrImagePull' },
    { spec: { image: 'x:1', imagePullPolicy: 'Never' }, reason: 'ErrImageNeverPull' },
    { spec: { image: 'a/Case:1' }, reason: 'InvalidImageName' },
  ])('$spec is refused with $reason', ({ spec, reason }) => {
    expect(images().pull({ name: 'c', ...spec }, timings, 0)).toMatchObject({ kind: 'Refused', reason })
  })
})
