import { describe, expect, it } from 'vitest'
import type { ContainerFacts, PodFacts } from '../kubernetes/pod-facts.ts'
import { hasBegun, stageLabel } from './node-work.ts'
import { aNode, aPlan, PlanWorld, someFacts } from './plan-facts.test-support.ts'

function jobOf(change: object) {
  const world = new PlanWorld(someFacts(aPlan({ spec: { cordon: true } }), [aNode('n1')]))
  world.settle()
  world.setJob('n1', change)
  const job = world.jobOn('n1')
  if (job === undefined) throw new Error('no Job')
  return { job, facts: world.facts }
}

function pod(...containers: (Pick<ContainerFacts, 'init' | 'state'> & Partial<ContainerFacts>)[]): PodFacts {
  return { containers: containers.map((c) => ({ name: 'c', reason: '', message: '', ...c })) } as unknown as PodFacts
}

const cordoned = { init: true, state: 'Terminated', exitCode: 0 } as const
const starts = { init: false, state: 'Waiting', reason: 'PodInitializing' } as const
const stuck = { init: false, state: 'Waiting', reason: 'ImagePullBackOff' } as const

describe('a Job has begun to change its node', () => {
  it.each([
    { what: 'no pod yet', pods: [], begun: false },
    { what: 'prepare runs', pods: [pod({ init: true, state: 'Running' }, starts)], begun: false },
    { what: 'the node is cordoned, the image cannot be pulled', pods: [pod(cordoned, stuck)], begun: false },
    { what: 'upgrade is about to start', pods: [pod(cordoned, starts)], begun: true },
    { what: 'upgrade runs', pods: [pod(cordoned, { init: false, state: 'Running' })], begun: true },
    { what: 'upgrade has ended well', pods: [pod(cordoned, { init: false, state: 'Terminated', exitCode: 0 })], begun: true },
    { what: 'upgrade has failed', pods: [pod(cordoned, { init: false, state: 'Terminated', exitCode: 1 })], begun: false },
    {
      what: 'a pod failed, the next is not on its node yet',
      pods: [pod({ init: false, state: 'Terminated', exitCode: 1 }), pod()],
      begun: false,
    },
  ])('$what: $begun', ({ pods, begun }) => {
    const { job, facts } = jobOf({ active: 1 })
    expect(hasBegun(job, { ...facts, podsByJob: new Map([[job.name, pods]]) })).toBe(begun)
  })

  it('not while it pauses between two pods that fail', () => {
    const { job, facts } = jobOf({ active: 0, failed: 3 })
    expect(hasBegun(job, facts)).toBe(false)
  })

  it('when it has an active pod that may not be seen', () => {
    const { job, facts } = jobOf({ active: 1, failed: 3 })
    const { podsByJob: _, ...blind } = facts
    expect(hasBegun(job, blind)).toBe(true)
  })

  it('never while it only prepares', () => {
    const { job, facts } = jobOf({ active: 1 })
    const prepares = { ...job, labels: { ...job.labels, [stageLabel]: 'prepare' } }
    expect(hasBegun(prepares, { ...facts, podsByJob: new Map([[job.name, [pod({ init: false, state: 'Running' })]]]) })).toBe(false)
  })
})
