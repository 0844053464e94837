import { expect, it } from 'vitest'
import { claimedSpec, type LeaseSpec, microTime, releasedSpec } from './lease-record.ts'

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
const now = '2026-01-02T03:04:05.006000Z'
const claim = { identity: 'me', leaseDurationMs: 45_000, nowMs }
const before: LeaseSpec = {
  holderIdentity: 'me',
  leaseDurationSeconds: 15,
  acquireTime: '2026-01-01T00:00:00.000000Z',
  renewTime: '2026-01-02T03:00:00.000000Z',
  leaseTransitions: 7,
}

it('writes times with microseconds', () => {
  expect(microTime(nowMs)).toBe(now)
})

it.each<{ title: string; lease: LeaseSpec | undefined; spec: LeaseSpec }>([
  { title: 'a lease that is not there begins with no transition', lease: undefined, spec: { acquireTime: now, leaseTransitions: 0 } },
  { title: 'the holder goes on with its term', lease: before, spec: { acquireTime: before.acquireTime ?? '', leaseTransitions: 7 } },
  { title: 'another holder begins a term', lease: { ...before, holderIdentity: 'you' }, spec: { acquireTime: now, leaseTransitions: 8 } },
  { title: 'a released lease begins a term', lease: { ...before, holderIdentity: '' }, spec: { acquireTime: now, leaseTransitions: 8 } },
  { title: 'an empty lease begins a term', lease: {}, spec: { acquireTime: now, leaseTransitions: 1 } },
])('$title', ({ lease, spec }) => {
  expect(claimedSpec(lease, claim)).toEqual({ holderIdentity: 'me', leaseDurationSeconds: 45, renewTime: now, ...spec })
})

it.each([
  { leaseDurationMs: 100, seconds: 1 },
  { leaseDurationMs: 1_001, seconds: 2 },
])('a lease of $leaseDurationMs ms is written as $seconds s', ({ leaseDurationMs, seconds }) => {
  expect(claimedSpec(undefined, { ...claim, leaseDurationMs }).leaseDurationSeconds).toBe(seconds)
})

it('keeps fields that it does not know', () => {
  const lease = { ...before, strategy: 'OldestEmulationVersion' }
  expect(claimedSpec(lease, claim)).toHaveProperty('strategy', 'OldestEmulationVersion')
  expect(releasedSpec(lease, nowMs)).toHaveProperty('strategy', 'OldestEmulationVersion')
})

it('lets go so that nobody has to wait', () => {
  expect(releasedSpec(before, nowMs)).toEqual({
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: 7,
  })
})
