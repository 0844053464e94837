import { describe, expect, it } from 'vitest'
import { parseRunEntry } from '../run-journal.ts'
import { upgradeSettings } from './upgrade-settings.ts'

const minutes = 60_000
const selector = { matchLabels: { pool: 'blue' } }

describe('what a spec leaves out', () => {
  it('is filled in with what is safe', () => {
    expect(upgradeSettings({ version: 'v1.34.2' })).toMatchObject({
      scope: 'Cluster',
      action: 'Run',
      continueFrom: 0,
      workers: 'Lazy',
      pools: [{ name: 'rest', nodeSelector: {}, first: 1, factor: 2, max: 10, maxUnavailable: 10 }],
      drain: { timeoutMs: 30 * minutes, whenBlocked: 'Pause', force: false, deleteEmptyDirData: true },
      soak: { displacedPodsReady: true, forMs: 10_000, timeoutMs: 10 * minutes },
      failure: { retries: 2, budget: 0, pauseExpiryMs: 7 * 24 * 60 * minutes },
    })
  })

  it('maxUnavailable is as much as batches.max', () => {
    const [pool] = upgradeSettings({ version: 'v1.34.2', pools: [{ name: 'blue', nodeSelector: selector, batches: { max: 3 } }] }).pools
    expect(pool).toMatchObject({ first: 1, factor: 2, max: 3, maxUnavailable: 3 })
  })

  it.each([
    { scope: undefined, names: ['blue', 'rest'] },
    { scope: 'Cluster' as const, names: ['blue', 'rest'] },
    { scope: 'Pools' as const, names: ['blue'] },
  ])('with scope $scope the pools are $names', ({ scope, names }) => {
    const spec = { version: 'v1.34.2', pools: [{ name: 'blue', nodeSelector: selector }], ...(scope === undefined ? {} : { scope }) }
    expect(upgradeSettings(spec).pools.map(({ name }) => name)).toEqual(names)
  })
})

describe('the mark on a node', () => {
  const entry = {
    run: 'uid',
    name: 'up',
    version: 'v1.34.2',
    step: 'Draining',
    since: '2026-11-21T12:00:00Z',
    attempt: 1,
    tries: 1,
    before: { unschedulable: false, kubeletVersion: 'v1.33.1', bootId: 'x' },
  }

  it('is read as it was written', () => {
    expect(parseRunEntry(JSON.stringify(entry))).toEqual({ kind: 'Entry', entry })
  })

  it.each([undefined, ''])('%j is none', (text) => {
    expect(parseRunEntry(text)).toEqual({ kind: 'None' })
  })

  it.each(['{', 'null', '[]', '{}', JSON.stringify({ ...entry, step: 'Rebooting' }), JSON.stringify({ ...entry, attempt: 0 })])(
    '%s cannot be read: written by hand or by a newer Falkirk',
    (text) => {
      expect(parseRunEntry(text)).toEqual({ kind: 'Unreadable' })
    },
  )
})
