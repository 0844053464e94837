import { describe, expect, it } from 'vitest'
import { container, PodStory, podWith } from './pod-fixture.test-support.ts'
import { stopPod } from './stop-pod.ts'

const sleepHook = (seconds: number) => ({ lifecycle: { preStop: { sleep: { seconds } } } })
const execHook = (seconds: number) => ({ lifecycle: { preStop: { exec: { command: ['/bin/sh', '-c', `sleep ${seconds}`] } } } })

describe('stopping a pod', () => {
  it.each([
    { what: 'ends with its program', grace: 30, hook: {}, stopSeconds: 2, ends: 2, exitCode: 0 },
    { what: 'is killed when the grace is over', grace: 30, hook: {}, stopSeconds: 600, ends: 30, exitCode: 137 },
    { what: 'is killed at once without grace', grace: 0, hook: {}, stopSeconds: 2, ends: 0, exitCode: 137 },
    { what: 'runs preStop before SIGTERM', grace: 30, hook: sleepHook(10), stopSeconds: 2, ends: 12, exitCode: 0 },
    { what: 'reads a sleep in a preStop command', grace: 30, hook: execHook(15), stopSeconds: 2, ends: 17, exitCode: 0 },
    {
      what: 'has two seconds more when preStop used up the grace',
      grace: 10,
      hook: sleepHook(60),
      stopSeconds: 5,
      ends: 12,
      exitCode: 137,
    },
  ])('$what', ({ grace, hook, stopSeconds, ends, exitCode }) => {
    const story = new PodStory(podWith({ containers: [container('c', hook)] }), { courses: { c: [{ stopSeconds }] } }).to(100)
    const run = stopPod(story.run, { graceSeconds: grace, nowMs: 100_000 })
    expect(run.stop?.endsMs).toBe(100_000 + ends * 1000)
    expect(run.containers[0]?.state).toMatchObject({ endsMs: 100_000 + ends * 1000, exitCode })
  })

  it.each([
    { when: 'before', atSeconds: 3, left: undefined },
    { when: 'after', atSeconds: 9, left: [{ kind: 'RestartKubelet' }] },
  ] as const)('$when the end of the work: what it does to the machine is $left', ({ atSeconds, left }) => {
    const course = { seconds: 10, stopSeconds: 2, effects: [{ kind: 'RestartKubelet' }] } as const
    const story = new PodStory(podWith({ containers: [container('c')] }), { courses: { c: [course] } }).to(1)
    const run = stopPod(story.run, { graceSeconds: 30, nowMs: atSeconds * 1000 })
    expect(run.containers.map(({ state }) => state)).toMatchObject([{ kind: 'Running', exitCode: 0, course: { seconds: 10 } }])
    expect(run.containers.map(({ state }) => state.kind === 'Running' && state.course.effects)).toEqual([left])
  })

  it('ends sidecars after the main containers, the last one first', () => {
    const sidecars = ['s1', 's2'].map((name) => container(name, { restartPolicy: 'Always' }))
    const story = new PodStory(podWith({ initContainers: sidecars }), {
      courses: { c: [{ stopSeconds: 3 }], s1: [{ stopSeconds: 1 }] },
    }).to(10)
    const run = stopPod(story.run, { graceSeconds: 30, nowMs: 10_000 })
    const ends = Object.fromEntries(
      run.containers.map(({ spec, state }) => [spec.name, state.kind === 'Running' ? state.endsMs : undefined]),
    )
    expect(ends).toEqual({ c: 13_000, s2: 15_000, s1: 16_000 })
  })

  it('comes sooner when it is asked again with less grace, and never later', () => {
    const story = new PodStory(podWith(), { courses: { c: [{ stopSeconds: 600 }] } }).to(10)
    const first = stopPod(story.run, { graceSeconds: 60, nowMs: 10_000 })
    expect(stopPod(first, { graceSeconds: 5, nowMs: 20_000 }).stop?.endsMs).toBe(25_000)
    expect(stopPod(first, { graceSeconds: 90, nowMs: 20_000 })).toBe(first)
  })

  it('starts nothing any more', () => {
    const story = new PodStory(podWith({ initContainers: [container('i')] }), { courses: { i: [{ seconds: 5 }] } }).to(1)
    story.run = stopPod(story.run, { graceSeconds: 30, nowMs: 1000 })
    expect(story.at(60).states()).toEqual({ i: 'Terminated 0', c: 'Blocked' })
  })
})
