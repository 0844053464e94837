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
