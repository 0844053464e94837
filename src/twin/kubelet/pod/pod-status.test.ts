import type { Pod } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { container, PodStory, podWith } from './pod-fixture.test-support.ts'
import { podStatus, rejectedStatus } from './pod-status.ts'
import { stopPod } from './stop-pod.ts'

const context = { hostIp: '192.0.2.1', runtime: 'containerd' }

function statusOf(story: PodStory, seconds: number, minor = 36) {
  return podStatus(story.run, story.pod, { ...context, minor, nowMs: seconds * 1000 })
}

function conditionsOf(story: PodStory, seconds: number, minor = 36): Record<string, string> {
  const conditions = statusOf(story, seconds, minor).conditions ?? []
  return Object.fromEntries(
    conditions.map(({ type, status, reason, message }) => [type, [status, reason, message].filter(Boolean).join(' ')]),
  )
}

describe('the conditions of a pod', () => {
  const initializing = new PodStory(podWith({ initContainers: [container('i')] }), { courses: { i: [{ seconds: 10 }] } }).to(5)

  it('name the containers that are not there yet', () => {
    expect(conditionsOf(initializing, 5)).toEqual({
      PodReadyToStartContainers: 'True',
      Initialized: 'False ContainersNotInitialized containers with incomplete status: [i]',
      Ready: 'False ContainersNotReady containers with unready status: [c]',
      ContainersReady: 'False ContainersNotReady containers with unready status: [c]',
      PodScheduled: 'True',
    })
  })

  it('have PodReadyToStartContainers from v1.29 on', () => {
    expect(Object.keys(conditionsOf(initializing, 5, 28))).toEqual(['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'])
  })

  it('are all True when every container is ready', () => {
    expect(new Set(Object.values(conditionsOf(new PodStory(podWith()).to(1), 1)))).toEqual(new Set(['True']))
  })

  it('say PodCompleted when the work is done', () => {
    const story = new PodStory(podWith({ restartPolicy: 'Never' }), { courses: { c: [{ seconds: 1 }] } }).to(2)
    expect(conditionsOf(story, 2, 20)).toEqual({
      Initialized: 'True PodCompleted',
      Ready: 'False PodCompleted',
      ContainersReady: 'False PodCompleted',
      PodScheduled: 'True',
    })
  })

  it.each([
    { gates: [], ready: 'False ReadinessGatesNotReady corresponding condition of pod readiness gate "lb" does not exist.' },
    {
      gates: [{ type: 'lb', status: 'False' }],
      ready: 'False ReadinessGatesNotReady the status of pod readiness gate "lb" is not "True", but False',
    },
    { gates: [{ type: 'lb', status: 'True' }], ready: 'True' },
  ])('are Ready only when the readiness gates are: $ready', ({ gates, ready }) => {
    const pod: Pod = { ...podWith({ readinessGates: [{ conditionType: 'lb' }] }), status: { conditions: gates } }
    const conditions = conditionsOf(new PodStory(pod).to(1), 1)
    expect(conditions.Ready).toBe(ready)
    expect(conditions.ContainersReady).toBe('True')
  })

  it('keep the time of their last transition while they stay as they are', () => {
    const story = new PodStory(podWith()).to(1)
    const first = statusOf(story, 1)
    const later = podStatus(story.run, story.pod, { ...context, minor: 36, nowMs: 60_000, before: first.conditions })
    expect(later.conditions).toEqual(first.conditions)
  })
})

describe('the state of a container', () => {
  it.each([
    { spec: {}, reason: 'ContainerCreating' },
    { spec: { initContainers: [container('i')] }, reason: 'PodInitializing' },
  ])('waits as $reason before it starts', ({ spec, reason }) => {
    const story = new PodStory(podWith(spec), { sandboxSeconds: 10 }).to(1)
    expect(statusOf(story, 1).containerStatuses?.[0]).toMatchObject({ state: { waiting: { reason } }, ready: false, imageID: '' })
  })

  it('shows CrashLoopBackOff with the last end beside it', () => {
    const story = new PodStory(podWith(), { courses: { c: [{ seconds: 1, exitCode: 2 }] } }).to(5)
    expect(statusOf(story, 5).containerStatuses?.[0]).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container=c pod=p_ns(u)' } },
      lastState: { terminated: { exitCode: 2, reason: 'Error' } },
      restartCount: 1,
      ready: false,
    })
  })

  it('is ready when it is an init container that has succeeded', () => {
    const story = new PodStory(podWith({ initContainers: [container('i')] }), { courses: { i: [{ seconds: 3 }] } })
    expect(statusOf(story.to(2), 2).initContainerStatuses?.[0]).toMatchObject({ ready: false, state: { running: {} } })
    expect(statusOf(story.to(3), 3).initContainerStatuses?.[0]).toMatchObject({
      ready: true,
      state: { terminated: { reason: 'Completed' } },
    })
  })
})

describe('the end of a deleted pod', () => {
  it.each([
    { minor: 26, phase: 'Running' },
    { minor: 27, phase: 'Succeeded' },
  ])('is $phase at v1.$minor', ({ minor, phase }) => {
    const story = new PodStory(podWith()).to(10)
    story.run = stopPod(story.run, { graceSeconds: 30, nowMs: 10_000 })
    expect(statusOf(story.at(12), 12, minor).phase).toBe(phase)
  })
})

describe('a pod that is refused', () => {
  it.each([
    { minor: 20, message: 'Pod Node is full' },
    { minor: 30, message: 'Pod was rejected: Node is full' },
  ])('says $message at v1.$minor', ({ minor, message }) => {
    const status = rejectedStatus(podWith(), { reason: 'OutOfcpu', message: 'Node is full' }, minor, 0)
    expect(status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu', message })
  })
})
