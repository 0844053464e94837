import { describe, expect, it } from 'vitest'
import { noonMs } from '../../plan/plan-facts.test-support.ts'
import { RunWorld, server, several, to, worker } from '../run-world.test-support.ts'
import { refusedStatus, unseenStatus } from './waiting-status.ts'

const metadata = { name: 'up', uid: 'uid-up', resourceVersion: '1', generation: 7 }

describe('the status of a run that cannot be followed', () => {
  it.each([
    { what: 'refused', told: refusedStatus, phase: 'Refused', message: 'spec.version is none' },
    { what: 'not to be seen', told: unseenStatus, phase: 'Pending', message: 'nothing further is begun: spec.version is none' },
  ] as const)('$what: what was told before stays', ({ told, phase, message }) => {
    const status = { phase: 'Nodes', from: 'v1.30.4+k3s1', observedGeneration: 6 } as const
    expect(told({ metadata, status }, 'spec.version is none', noonMs)).toMatchObject({
      phase,
      message,
      from: 'v1.30.4+k3s1',
      observedGeneration: 7,
    })
  })

  it.each([refusedStatus, unseenStatus])('stays cancelled', (told) => {
    const status = { phase: 'Cancelled', message: 'cancelled', observedGeneration: 6 } as const
    expect(told({ metadata, status }, 'spec.version is none', noonMs)).toEqual({ ...status, observedGeneration: 7 })
  })
})

it('a cancelled run does not begin again by way of a spec that cannot be followed', () => {
  const world = new RunWorld([...several(1, server), ...several(3, worker)])
  world.until(({ status }) => status.phase === 'Nodes')
  world.edit({ action: 'Cancel' })
  world.untilPhase('Cancelled')
  const changed = world.changeJobs()
  for (const spec of [{ action: 'Run', version: 'later' }, { version: to }]) {
    world.edit(spec)
    world.settle()
  }
  expect(world.status.phase).toBe('Cancelled')
  expect(world.changeJobs()).toEqual(changed)
})

describe('a run that has ended and gets another version', () => {
  it.each([
    { what: 'a minor alone', wrong: { version: 'v1.32' } },
    { what: 'no version', wrong: { version: 'later' } },
  ])('is another run also where that is $what at first', ({ wrong }) => {
    const world = new RunWorld([...several(1, server), ...several(3, worker)])
    world.untilPhase('Complete')
    world.nowMs += 30 * 86_400_000
    const againMs = world.nowMs
    world.edit(wrong)
    world.settle()
    expect(world.status.phase).toBe('Refused')
    const story: string[] = []
    world.onDecision = (decision) => story.push(...decision.story.map(({ reason, message: told }) => `${reason}: ${told}`))
    world.edit({ version: 'v1.32.4+k3s1' })
    const { from, startedAt = '', before, moves } = world.untilPhase('Complete')
    expect(from).toBe(to)
    expect(Date.parse(startedAt)).toBeGreaterThanOrEqual(againMs)
    expect(Date.parse(before?.at ?? '')).toBeGreaterThanOrEqual(againMs)
    expect(story[0]).toMatch(/^Started: v1\.31\.5\+k3s1 → v1\.32\.4\+k3s1 in 1 hop/)
    expect(moves).toBeUndefined()
  })

  it.each([refusedStatus, unseenStatus])('has nothing of the run before', (told) => {
    const ended = { phase: 'Complete', from: 'v1.30.4+k3s1', startedAt: '2026-10-21T12:00:00Z', endedAt: '2026-10-21T13:00:00Z' } as const
    const status = told({ metadata, status: { ...ended, observedGeneration: 6 } }, 'spec.version is none', noonMs)
    expect(Object.keys(status).toSorted()).toEqual(['conditions', 'message', 'observedGeneration', 'phase'])
  })
})
