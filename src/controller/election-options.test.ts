import { describe, expect, it } from 'vitest'
import { electionOptions } from './election-options.ts'

describe('electionOptions', () => {
  it('point 78: waits 45 s, gives up after 30 s and tries every 2 s unless told', () => {
    expect(electionOptions({})).toEqual({ leaseDurationMs: 45_000, renewDeadlineMs: 30_000, retryPeriodMs: 2_000 })
  })

  it('reads the variables of a system-upgrade-controller, and who the replica is', () => {
    const env = {
      CATTLE_ELECTION_LEASE_DURATION: '1m30s',
      CATTLE_ELECTION_RENEW_DEADLINE: '20s',
      CATTLE_ELECTION_RETRY_PERIOD: '500ms',
      FALKIRK_LEASE_IDENTITY: 'replica-1',
    }
    expect(electionOptions(env)).toEqual({
      identity: 'replica-1',
      leaseDurationMs: 90_000,
      renewDeadlineMs: 20_000,
      retryPeriodMs: 500,
    })
  })

  it('keeps the lease for days in development, where a debugger stops the program', () => {
    expect(electionOptions({ CATTLE_DEV_MODE: '1' })).toMatchObject({ leaseDurationMs: 162_000_000, renewDeadlineMs: 108_000_000 })
    expect(electionOptions({ CATTLE_DEV_MODE: '1', CATTLE_ELECTION_RENEW_DEADLINE: '9s' })).toMatchObject({ renewDeadlineMs: 9_000 })
  })

  it('takes an empty variable for one that is not set', () => {
    expect(electionOptions({ CATTLE_ELECTION_LEASE_DURATION: '', CATTLE_DEV_MODE: '', FALKIRK_LEASE_IDENTITY: '' })).toEqual(
      electionOptions({}),
    )
  })

  it.each([
    [{ CATTLE_ELECTION_LEASE_DURATION: '45' }, 'CATTLE_ELECTION_LEASE_DURATION is "45": write a duration above 1ms, such as 45s'],
    [{ CATTLE_ELECTION_RETRY_PERIOD: '-1s' }, 'CATTLE_ELECTION_RETRY_PERIOD is "-1s": write a duration above 1ms, such as 45s'],
    [
      { CATTLE_ELECTION_LEASE_DURATION: '30s' },
      'CATTLE_ELECTION_LEASE_DURATION (30s) must be longer than CATTLE_ELECTION_RENEW_DEADLINE (30s): set both, or neither',
    ],
    [
      { CATTLE_ELECTION_RETRY_PERIOD: '25s' },
      'CATTLE_ELECTION_RENEW_DEADLINE (30s) must be longer than 1.2 times CATTLE_ELECTION_RETRY_PERIOD (30s): set both, or neither',
    ],
  ])('refuses %o and says which variable it is', (env, message) => {
    expect(() => electionOptions(env)).toThrow(expect.objectContaining({ code: 'FK_BAD_SETTING', message }))
  })
})
