import { describe, expect, it } from 'vitest'
import { aNode, aPlan, noonMs, type PlanParts, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import type { ChannelFacts } from './plan-facts.ts'

const channel = 'https://update.example.org/channels/stable'
const fifteenMinutes = 15 * 60_000

function following(parts: PlanParts = {}): PlanWorld {
  const { spec, ...rest } = parts
  return new PlanWorld(someFacts(aPlan({ spec: { version: '', channel, ...spec }, ...rest }), [aNode('n1')]))
}

function answered(world: PlanWorld, outcome: ChannelFacts['outcome'], failures = 0): void {
  world.facts = { ...world.facts, channel: { url: channel, attemptedAtMs: world.nowMs, outcome, failures } }
}

const version = (text: string) => ({ kind: 'Version', version: text }) as const
const unusable = (message: string) => ({ kind: 'Unusable', message }) as const

describe('resolving a Plan', () => {
  it('point 19: neither channel nor version', () => {
    const world = new PlanWorld(someFacts(aPlan({ spec: { version: '' } }), [aNode('n1')]))
    const { status } = world.settle()
    expect(world.condition('LatestResolved')).toMatchObject({
      status: 'False',
      reason: 'Error',
      message: 'cannot resolve plan: missing channel and version',
    })
    expect([status.latestVersion, status.latestHash]).toEqual([undefined, undefined])
    expect(world.events.filter((e) => e.reason === 'ResolveFailed')).toHaveLength(1)
  })

  it('points 20, 21, 22, point 69: a version is munged, and the channel not asked', () => {
    const world = following({ spec: { version: 'v1.2.3+test' } })
    const decision = world.settle()
    expect(decision.status).toMatchObject({ latestVersion: 'v1.2.3-test' })
    expect(decision.status.latestHash).toMatch(/^[0-9a-f]{56}$/)
    expect(decision.poll).toBeUndefined()
    expect(world.condition('LatestResolved')).toMatchObject({ status: 'True', reason: 'Version' })
  })

  it('points 23 and 70: asks a channel at once, with the headers it knows us by', () => {
    const world = following()
    const { poll } = world.settle()
    expect(poll).toEqual({ atMs: noonMs, url: channel, headers: { 'X-SUC-Cluster-ID': 'cluster-id' } })
    answered(world, version('v1.20.3+k3s1'))
    const next = world.settle()
    expect(world.condition('LatestResolved')).toMatchObject({ status: 'True', reason: 'Channel' })
    expect(next.poll?.headers['X-SUC-Latest-Version']).toBe('v1.20.3-k3s1')
    expect(next.poll?.atMs).toBe(noonMs + fifteenMinutes)
  })

  it('point 24, point 25: a channel that names v1.2.3+test resolves the Plan, and no + is in its latestVersion', () => {
    const world = following()
    answered(world, version('v1.2.3+test'))
    const { status } = world.settle()
    expect(world.condition('LatestResolved')).toMatchObject({ status: 'True', reason: 'Channel' })
    expect(status.latestVersion).toBe('v1.2.3-test')
    expect(status.latestHash).toMatch(/^[0-9a-f]{56}$/)
  })

  it('defect 10: however often it is looked at, a channel is asked once an interval', () => {
    const world = following()
    answered(world, version('v1.20.3+k3s1'))
    world.settle()
    for (let minute = 1; minute < 15; minute++) {
      world.nowMs += 60_000
      expect(world.settle().poll?.atMs).toBe(noonMs + fifteenMinutes)
    }
  })

  it('a controller that starts anew waits for what is left of the interval', () => {
    const world = following()
    answered(world, version('v1.20.3+k3s1'))
    world.settle()
    const { channel: _, ...facts } = world.facts
    world.facts = facts
    world.nowMs += 60_000
    expect(world.settle().poll?.atMs).toBe(noonMs + fifteenMinutes)
  })

  it('defect 13: a channel that fails shows as LatestResolved=False, with the reason', () => {
    const world = following()
    answered(world, unusable('channel answered 404'), 1)
    world.settle()
    expect(world.condition('LatestResolved')).toMatchObject({ status: 'False', reason: 'Error', message: 'channel answered 404' })
    expect(world.condition()).toMatchObject({ reason: 'NotReady' })
    expect(world.events.filter((e) => e.reason === 'ResolveFailed')).toHaveLength(1)
  })

  it('point 68: a channel that fails later leaves the Plan on its version, and says so', () => {
    const world = following()
    answered(world, version('v1.20.3+k3s1'))
    world.settle()
    answered(world, unusable('channel answered 503'), 1)
    const { status } = world.settle()
    expect(status.latestVersion).toBe('v1.20.3-k3s1')
    expect(world.condition('LatestResolved')).toMatchObject({
      status: 'True',
      reason: 'Channel',
      message: 'channel answered 503; stays with v1.20.3-k3s1',
    })
  })

  it('defect 28: a channel that goes backwards is not followed', () => {
    const world = following()
    answered(world, version('v1.20.3+k3s1'))
    world.settle()
    answered(world, version('v1.20.1+k3s1'))
    expect(world.settle().status.latestVersion).toBe('v1.20.3-k3s1')
    expect(world.condition('LatestResolved')?.message).toContain('v1.20.1')
  })

  it('goes backwards where the Plan allows it', () => {
    const world = following({ annotations: { 'falkirk.dev/allow': 'downgrade' } })
    answered(world, version('v1.20.3+k3s1'))
    world.settle()
    answered(world, version('v1.20.1+k3s1'))
    expect(world.settle().status.latestVersion).toBe('v1.20.1-k3s1')
  })

  it('defect 12: another service account counts at once, whatever the channel’s interval says', () => {
    const world = following()
    answered(world, version('v1.20.3+k3s1'))
    const before = world.settle().status.latestHash
    const { plan } = world.facts
    world.facts = { ...world.facts, plan: { ...plan, spec: { ...plan.spec, serviceAccountName: 'other' } } }
    expect(world.settle().status.latestHash).not.toBe(before)
  })

  it('defect 12: another channel is asked at once', () => {
    const world = following()
    answered(world, version('v1.20.3+k3s1'))
    world.settle()
    world.nowMs += 60_000
    const { plan } = world.facts
    world.facts = { ...world.facts, plan: { ...plan, spec: { ...plan.spec, channel: `${channel}-2` } } }
    expect(world.settle().poll).toMatchObject({ url: `${channel}-2`, atMs: world.nowMs })
  })

  it('names the Secrets that are missing', () => {
    const secrets = [
      { name: 'a', path: '' },
      { name: 'b', path: '', ignoreUpdates: true },
      { name: 'c', path: '' },
    ]
    const world = new PlanWorld(someFacts(aPlan({ spec: { secrets } }), [aNode('n1')]))
    world.settle()
    expect(world.condition('Validated')).toMatchObject({ status: 'False', message: 'secrets "a" not found, secrets "c" not found' })
    expect(world.done).toEqual([])
  })
})
