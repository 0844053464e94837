import { describe, expect, it } from 'vitest'
import { RunWorld, server, several, to, worker } from '../run-world.test-support.ts'
import { knownRisks, riskProblem } from './known-risks.ts'

const accepted = (...checks: readonly string[]) => checks.map((check) => ({ check, reason: 'it is known' }))

describe('an accepted risk', () => {
  it.each(['UnsupportedSkew', 'PreRelease', 'ApiPath', 'ManualEdits', 'etcd-3.5.26', 'etcd-3.6.11', 'k3s-build-month', 'cgroup-v2'])(
    '%s is known',
    (check) => {
      expect(riskProblem(accepted(check))).toBeUndefined()
    },
  )

  it('is known by one name alone', () => {
    expect(new Set(knownRisks).size).toBe(knownRisks.length)
    expect(riskProblem(undefined)).toBeUndefined()
  })

  it.each([
    { checks: ['UnsuportedSkew'], at: 0, near: 'UnsupportedSkew' },
    { checks: ['PreRelease', 'UNSUPPORTEDSKEW'], at: 1, near: 'UnsupportedSkew' },
    { checks: ['api-path'], at: 0, near: 'ApiPath' },
    { checks: ['etcd-3.5.25'], at: 0, near: 'etcd-3.5.26' },
  ])('$checks is refused with the name that was meant', ({ checks, at, near }) => {
    expect(riskProblem(accepted(...checks))).toBe(
      `spec.acceptedRisks[${at}].check is "${checks[at]}", which is no risk that this Falkirk knows: did you mean ${near}?`,
    )
  })

  it('of a newer Falkirk is refused with the names that there are', () => {
    expect(riskProblem(accepted('WL-01'))).toBe(
      'spec.acceptedRisks[0].check is "WL-01", which is no risk that this Falkirk knows: write UnsupportedSkew, PreRelease, ApiPath, ManualEdits or the name of a way-point (docs/path.md), or use a Falkirk that has it',
    )
  })
})

describe('a run that accepts a risk with a typo', () => {
  it('begins with nothing, and begins once it is mended', () => {
    const world = new RunWorld([server(0), worker(0)])
    world.edit({ acceptedRisks: accepted('PreRelaese') })
    world.settle()
    expect(world.status).toMatchObject({
      phase: 'Refused',
      message: expect.stringMatching(/acceptedRisks\[0\]\.check.*did you mean PreRelease\?$/),
    })
    expect(world.done).toEqual([])
    world.edit({ acceptedRisks: accepted('PreRelease') })
    world.untilPhase('Complete')
  })

  it('in mid-run starts no further node, and lets those finish that were started', () => {
    const world = new RunWorld([server(0, { kubeletVersion: to }), ...several(3, worker)], { apiServer: to })
    world.until(() => world.entry('worker-0')?.step === 'Draining')
    world.edit({ acceptedRisks: accepted('Skew') })
    world.settle()
    expect(world.status.phase).toBe('Refused')
    world.until(() => world.entry('worker-0') === undefined)
    expect(world.changeJobs()).toEqual(['worker-0'])
    world.edit({ acceptedRisks: [] })
    world.untilPhase('Complete')
  })

  it('is cancelled all the same', () => {
    const world = new RunWorld([server(0), worker(0)])
    world.edit({ acceptedRisks: accepted('Skew'), action: 'Cancel' })
    world.untilPhase('Cancelled')
  })
})
