import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOver } from './advance-pod.ts'
import { loseContainers, newSandbox } from './lose-containers.ts'
import { container, PodStory, podWith } from './pod-fixture.test-support.ts'
import { podPhase } from './pod-phase.ts'
import { podStatus } from './pod-status.ts'
import { stopPod } from './stop-pod.ts'

const course = fc.record({
  seconds: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 900 })),
  exitCode: fc.integer({ min: 0, max: 3 }),
  readySeconds: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 60 })),
  stopSeconds: fc.integer({ min: 0, max: 120 }),
})
const courses = fc.array(course, { minLength: 1, maxLength: 4 })
const story = fc
  .record({
    policy: fc.constantFrom('Always', 'OnFailure', 'Never'),
    inits: fc.array(fc.boolean(), { maxLength: 3 }),
    mains: fc.integer({ min: 1, max: 3 }),
    deadline: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
    courses: fc.dictionary(fc.constantFrom('i0', 'i1', 'i2', 'm0', 'm1', 'm2'), courses),
  })
  .map(({ policy, inits, mains, deadline, courses: all }) => {
    const initContainers = inits.map((sidecar, i) => container(`i${i}`, sidecar ? { restartPolicy: 'Always' } : {}))
    const containers = Array.from({ length: mains }, (_, i) => container(`m${i}`, { readinessProbe: { periodSeconds: 5 } }))
    const pod = podWith({
      restartPolicy: policy,
      initContainers,
      containers,
      ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }),
    })
    return { policy, pod, courses: all }
  })
type Told = typeof story extends fc.Arbitrary<infer T> ? T : never

function begin({ pod, courses: all }: Told): PodStory {
  return new PodStory(pod, { courses: all })
}

describe('whatever containers do', () => {
  it('a deleted pod ends when its grace is over, at the latest', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 60 }), (told, atSeconds, graceSeconds) => {
        const one = begin(told).to(atSeconds)
        one.run = stopPod(one.run, { graceSeconds, nowMs: atSeconds * 1000 })
        expect(one.run.stop?.endsMs).toBeLessThanOrEqual((atSeconds + graceSeconds + 2) * 1000)
        one.at(atSeconds + graceSeconds + 2)
        expect(one.run.containers.filter(({ state }) => state.kind === 'Running')).toEqual([])
      }),
    )
  })

  it('a phase that is final stays', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 600 }), (told, first, more) => {
        const one = begin(told).to(first)
        const phase = podPhase(one.run, told.policy)
        if (phase !== 'Succeeded' && phase !== 'Failed') return
        const again = one.to(first + more)
        expect(podPhase(again.run, told.policy)).toBe(phase)
        expect(isOver(again.run, told.policy)).toBe(true)
      }),
    )
  })

  it('looking twice at the same time changes nothing and tells nothing', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 0, max: 600 }), (told, atSeconds) => {
        const one = begin(told).to(atSeconds)
        const { run } = one
        one.at(atSeconds)
        expect(one.run).toBe(run)
        expect([one.last?.events, one.last?.effects]).toEqual([[], []])
      }),
    )
  })

  it('a pod is Ready only when all its containers are, and Running then', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 0, max: 600 }), (told, atSeconds) => {
        const one = begin(told).to(atSeconds)
        const status = podStatus(one.run, one.pod, { hostIp: '192.0.2.1', runtime: 'containerd', minor: 36, nowMs: atSeconds * 1000 })
        const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
        const all = status.containerStatuses?.every((entry) => entry.ready && entry.state?.running !== undefined) === true
        if (ready) expect([all, status.phase]).toEqual([true, 'Running'])
      }),
    )
  })

  it('no container runs right after its machine went down, and init containers go before the main ones again', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 0, max: 600 }), (told, atSeconds) => {
        const one = begin(told).to(atSeconds)
        if (isOver(one.run, told.policy)) return
        const lost = loseContainers(one.run, atSeconds * 1000, told.policy)
        expect(lost.containers.some(({ state }) => state.kind === 'Running')).toBe(false)
        one.run = newSandbox(lost, (atSeconds + 60) * 1000)
        one.at(atSeconds + 60)
        const running = one.run.containers.filter(({ role, state }) => role === 'Main' && state.kind === 'Running')
        const inits = one.run.containers.filter(({ role }) => role === 'Init')
        if (running.length > 0) expect(inits.every(({ state }) => state.kind === 'Terminated' && state.end.exitCode === 0)).toBe(true)
      }),
    )
  })
})
