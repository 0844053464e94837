import { describe, expect, it } from 'vitest'
import { container, PodStory, podWith } from './pod-fixture.test-support.ts'
import { stopDeleted } from './stop-deleted.ts'

/** A pod that ignores SIGTERM, deleted with 30 s of grace at second 100. */
const story = new PodStory(podWith({ containers: [container('c')] }), { courses: { c: [{ stopSeconds: 1_000 }] } }).to(100)
const deleted = {
  ...story.pod,
  metadata: { ...story.pod.metadata, deletionTimestamp: new Date(130_000).toISOString(), deletionGracePeriodSeconds: 30 },
}

describe('a pod that is deleted', () => {
  it.each([
    { heard: 100, ends: 130 },
    { heard: 101, ends: 131 },
    { heard: 111, ends: 131 },
    { heard: 500, ends: 500 },
  ])('heard of at second $heard has what is left of its grace: it ends at $ends', ({ heard, ends }) => {
    const { run, events } = stopDeleted(story.run, deleted, heard * 1000)
    expect(run.stop?.endsMs).toBe(ends * 1000)
    expect(events.map(({ reason }) => reason)).toEqual(['Killing'])
  })

  it('is told to end once', () => {
    const { run } = stopDeleted(story.run, deleted, 100_000)
    expect(stopDeleted(run, deleted, 105_000)).toEqual({ run, events: [] })
  })

  it('is no other pod', () => {
    expect(stopDeleted(story.run, story.pod, 100_000)).toEqual({ run: story.run, events: [] })
  })
})
