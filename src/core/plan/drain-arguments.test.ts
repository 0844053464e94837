import { describe, expect, it } from 'vitest'
import { drainArguments } from './drain-arguments.ts'

const usual = ['drain', 'n', '--pod-selector', '!upgrade.cattle.io/controller', '--ignore-daemonsets', '--delete-emptydir-data']

describe('drainArguments', () => {
  it.each([
    { point: 'point 74: nothing said', drain: {}, more: [] },
    { point: 'point 1', drain: { skipWaitForDeleteTimeout: -1 }, more: [] },
    { point: 'point 2', drain: { skipWaitForDeleteTimeout: 0 }, more: [] },
    { point: 'point 3', drain: { skipWaitForDeleteTimeout: 1 }, more: ['--skip-wait-for-delete-timeout', '1'] },
    { point: 'point 74', drain: { force: true }, more: ['--force'] },
    { point: 'point 74', drain: { force: false, disableEviction: false }, more: [] },
    { point: 'point 74', drain: { gracePeriod: 0 }, more: ['--grace-period', '0'] },
    { point: 'point 74', drain: { gracePeriod: -1 }, more: ['--grace-period', '-1'] },
    { point: 'point 74', drain: { disableEviction: true }, more: ['--disable-eviction=true'] },
    { point: 'point 74', drain: { timeout: '5m' }, more: ['--timeout', '5m'] },
    { point: 'point 74: a number counts nanoseconds', drain: { timeout: 60 }, more: ['--timeout', '60ns'] },
    { point: 'point 74: 0 waits without end', drain: { timeout: 0 }, more: ['--timeout', '0s'] },
    { point: 'defect 18: more than 32 bits', drain: { timeout: 60_000_000_000 }, more: ['--timeout', '1m0s'] },
    { point: 'point 74', drain: { ignoreDaemonSets: true, deleteLocalData: true }, more: [] },
  ])('$point: $drain', ({ drain, more }) => {
    expect(drainArguments('n', drain)).toEqual([...usual, ...more])
  })

  it.each([{ deleteLocalData: false }, { deleteEmptydirData: false }, { deleteLocalData: true, deleteEmptydirData: false }])(
    'point 74: %j leaves pods with local data where they are',
    (drain) => {
      expect(drainArguments('n', drain)).toEqual(usual.slice(0, -1))
    },
  )

  it('point 74: pods of DaemonSets stop the drain when they are not to be ignored', () => {
    expect(drainArguments('n', { ignoreDaemonSets: false })).not.toContain('--ignore-daemonsets')
  })

  it.each([
    { podSelector: {}, text: '!upgrade.cattle.io/controller' },
    {
      podSelector: { matchExpressions: [{ key: 'component', operator: 'NotIn', values: ['sonobuoy'] }] },
      text: 'component notin (sonobuoy),!upgrade.cattle.io/controller',
    },
    {
      podSelector: { matchLabels: { a: '1' }, matchExpressions: [{ key: 'zzz', operator: 'Exists' }] },
      text: 'a=1,!upgrade.cattle.io/controller,zzz',
    },
    { podSelector: { matchExpressions: [{ key: 'a', operator: 'Foo' }] }, text: '!upgrade.cattle.io/controller' },
  ])('point 75: the selector of $podSelector is $text', ({ podSelector, text }) => {
    expect(drainArguments('n', { podSelector })[3]).toBe(text)
  })
})
