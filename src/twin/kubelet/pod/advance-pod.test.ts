import { describe, expect, it } from 'vitest'
import { container, PodStory, podWith } from './pod-fixture.test-support.ts'
import { podPhase } from './pod-phase.ts'

const sidecar = container('sidecar', { restartPolicy: 'Always' })

describe('the order in which containers start', () => {
  it('runs init containers one after the other, and the main ones together after the last', () => {
    const pod = podWith({ initContainers: [container('i1'), container('i2')], containers: [container('a'), container('b')] })
    const story = new PodStory(pod, { courses: { i1: [{ seconds: 5 }], i2: [{ seconds: 3 }] } })
    expect(story.to(4).states()).toEqual({ i1: 'Running', i2: 'Blocked', a: 'Blocked', b: 'Blocked' })
    expect(story.to(7).states()).toEqual({ i1: 'Terminated 0', i2: 'Running', a: 'Blocked', b: 'Blocked' })
    expect(story.to(8).states()).toEqual({ i1: 'Terminated 0', i2: 'Terminated 0', a: 'Running', b: 'Running' })
  })

  it('starts what comes after a sidecar when the sidecar is up, not when it has ended', () => {
    const slow = container('sidecar', { restartPolicy: 'Always', startupProbe: { periodSeconds: 1 } })
    const story = new PodStory(podWith({ initContainers: [slow] }), { courses: { sidecar: [{ readySeconds: 4 }] } })
    expect(story.to(3.9).states()).toEqual({ sidecar: 'Running', c: 'Blocked' })
    expect(story.to(4).states()).toEqual({ sidecar: 'Running', c: 'Running' })
  })

  it('starts nothing before the sandbox is there', () => {
    const story = new PodStory(podWith(), { sandboxSeconds: 6 })
    expect(story.to(5.9).states()).toEqual({ c: 'Blocked' })
    expect(story.to(6).states()).toEqual({ c: 'Running' })
  })
})

describe('the end of a container', () => {
  it.each([
    { policy: 'Always', exitCode: 0, state: 'Running' },
    { policy: 'Always', exitCode: 1, state: 'Running' },
    { policy: 'OnFailure', exitCode: 0, state: 'Terminated 0' },
    { policy: 'OnFailure', exitCode: 1, state: 'Running' },
    { policy: 'Never', exitCode: 0, state: 'Terminated 0' },
    { policy: 'Never', exitCode: 3, state: 'Terminated 3' },
  ])('with restartPolicy $policy and exit code $exitCode leaves it $state', ({ policy, exitCode, state }) => {
    const story = new PodStory(podWith({ restartPolicy: policy }), { courses: { c: [{ seconds: 2, exitCode }, {}] } })
    expect(story.to(3).states()).toEqual({ c: state })
  })

  it('restarts at once, then after 10, 20, 40 … and at most 300 seconds', () => {
    const story = new PodStory(podWith(), { courses: { c: [{ seconds: 0, exitCode: 1 }] } })
    story.to(1300)
    const pauses = story.events.filter((text) => text.includes('BackOff')).map((text) => Number(text.split('s ')[0]))
    expect(pauses).toEqual([0, 10, 30, 70, 150, 310, 610, 910, 1210])
    expect(story.states()).toEqual({ c: 'CrashLoop' })
  })

  it('forgets the back-off of a container that ran for ten minutes', () => {
    const story = new PodStory(podWith(), { courses: { c: [{ seconds: 0 }, { seconds: 0 }, { seconds: 600 }, {}] } })
    expect(story.to(610).states()).toEqual({ c: 'Running' })
    expect(story.restarts()).toBe(3)
  })

  it('fails the pod when an init container fails and is not run again', () => {
    const story = new PodStory(podWith({ restartPolicy: 'Never', initContainers: [container('i')] }), {
      courses: { i: [{ seconds: 1, exitCode: 2 }] },
    })
    expect(story.to(2).states()).toEqual({ i: 'Terminated 2', c: 'Blocked' })
    expect(podPhase(story.run, 'Never')).toBe('Failed')
  })

  it('ends sidecars when the work is done', () => {
    const story = new PodStory(podWith({ restartPolicy: 'Never', initContainers: [sidecar] }), { courses: { c: [{ seconds: 5 }] } })
    expect(story.to(6).states()).toEqual({ sidecar: 'Terminated 0', c: 'Terminated 0' })
    expect(podPhase(story.run, 'Never')).toBe('Succeeded')
  })

  it('calls a container OOMKilled that was killed for its memory', () => {
    const story = new PodStory(podWith({ restartPolicy: 'Never' }), { courses: { c: [{ seconds: 1, outOfMemory: true }] } })
    expect(story.to(1).run.containers[0]?.last).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
  })
})

describe('the phase', () => {
  it.each([
    { policy: 'Never', exitCodes: [0, 0], phase: 'Succeeded' },
    { policy: 'Never', exitCodes: [0, 1], phase: 'Failed' },
    { policy: 'OnFailure', exitCodes: [0, 1], phase: 'Running' },
    { policy: 'Always', exitCodes: [0, 0], phase: 'Running' },
  ])('is $phase with $policy when containers end with $exitCodes', ({ policy, exitCodes: [a, b], phase }) => {
    const story = new PodStory(podWith({ restartPolicy: policy, containers: [container('a'), container('b')] }), {
      courses: { a: [{ seconds: 1, exitCode: a ?? 0 }], b: [{ seconds: 1, exitCode: b ?? 0 }] },
    })
    expect(podPhase(story.to(1.5).run, policy)).toBe(phase)
  })

  it('is Pending until a main container has started', () => {
    const story = new PodStory(podWith({ initContainers: [container('i')] }), { courses: { i: [{ seconds: 10 }] } })
    expect(podPhase(story.to(9).run, 'Always')).toBe('Pending')
  })
})

describe('activeDeadlineSeconds', () => {
  it('fails the pod when they are over, grace included', () => {
    const pod = podWith({ activeDeadlineSeconds: 20, terminationGracePeriodSeconds: 5 })
    const story = new PodStory(pod, { courses: { c: [{ stopSeconds: 60 }] } })
    expect(story.to(24).run.failed).toBeUndefined()
    expect(story.to(25).run.failed).toEqual({
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    })
    expect(story.states()).toEqual({ c: 'Terminated 137' })
  })
})

describe('an image that cannot be pulled', () => {
  it('shows ErrImagePull, then ImagePullBackOff, and is tried again later and later', () => {
    const pull = { kind: 'Refused', untilMs: 0, reason: 'ErrImagePull', message: 'not found' } as const
    const story = new PodStory(podWith(), { pulls: { c: pull }, minor: 20 })
    expect(story.to(1).run.containers[0]?.state).toMatchObject({ kind: 'PullFailed', reason: 'ErrImagePull', backingOff: false })
    expect(story.to(3).run.containers[0]?.state).toMatchObject({ kind: 'PullFailed', backingOff: true })
    story.to(80)
    expect(story.events.filter((text) => text.includes('Pulling:'))).toEqual(
      ['0s', '10s', '30s', '70s'].map((at) => `${at} Pulling: Pulling image "c:1"`),
    )
    expect(story.events.slice(0, 5)).toEqual([
      '0s Pulling: Pulling image "c:1"',
      '0s Failed: Failed to pull image "c:1": not found',
      '0s Failed: Error: ErrImagePull',
      '2s BackOff: Back-off pulling image "c:1"',
      '2s Failed: Error: ImagePullBackOff',
    ])
  })
})
