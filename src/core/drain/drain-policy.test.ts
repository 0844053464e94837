import { describe, expect, it } from 'vitest'
import { defaultPolicy } from '../../../test/unit/drain-samples.ts'
import { drainPolicy } from './drain-policy.ts'

describe('drainPolicy', () => {
  it('leaves DaemonSet pods, gives up emptyDir data, has no limit, unless told', () => {
    expect(drainPolicy({})).toEqual(defaultPolicy)
  })

  it('takes over what is told', () => {
    const podSelector = { matchLabels: { app: 'web' } }
    expect(
      drainPolicy({
        gracePeriod: 0,
        force: true,
        ignoreDaemonSets: false,
        disableEviction: true,
        skipWaitForDeleteTimeout: 30,
        podSelector,
      }),
    ).toEqual({
      gracePeriodSeconds: 0,
      force: true,
      ignoreDaemonSets: false,
      deleteEmptyDirData: true,
      disableEviction: true,
      skipWaitForDeleteTimeoutSeconds: 30,
      podSelector,
    })
  })

  it.each([{ deleteEmptydirData: false }, { deleteLocalData: false }])('%j keeps emptyDir data', (spec) => {
    expect(drainPolicy(spec).deleteEmptyDirData).toBe(false)
  })

  it.each([
    { timeout: '5m', ms: 300_000 },
    { timeout: '1h30m', ms: 5_400_000 },
    { timeout: 60_000_000_000, ms: 60_000 },
    { timeout: 1_500_000_000, ms: 1_500 },
    { timeout: 0, ms: undefined },
    { timeout: '0s', ms: undefined },
    { timeout: '-5m', ms: undefined },
    { timeout: 'soon', ms: undefined },
  ])('defect 18: timeout $timeout is $ms ms', ({ timeout, ms }) => expect(drainPolicy({ timeout }).timeoutMs).toBe(ms))

  it.each([
    { gracePeriod: -1, seconds: undefined },
    { gracePeriod: 0, seconds: 0 },
    { gracePeriod: 20, seconds: 20 },
  ])('grace period $gracePeriod is $seconds', ({ gracePeriod, seconds }) =>
    expect(drainPolicy({ gracePeriod }).gracePeriodSeconds).toBe(seconds),
  )

  it.each([-1, 0])('point 1, 2: skipWaitForDeleteTimeout %d waits for all', (skipWaitForDeleteTimeout) => {
    expect(drainPolicy({ skipWaitForDeleteTimeout }).skipWaitForDeleteTimeoutSeconds).toBe(0)
  })
})
