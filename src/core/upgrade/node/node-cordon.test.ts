import { describe, expect, it } from 'vitest'
import type { RunEntry } from '../run-journal.ts'
import { from, worker } from '../run-world.test-support.ts'
import { uncordoned, withCordon } from './node-cordon.ts'

function at(now: boolean, before: boolean, more: Partial<RunEntry> = {}) {
  const entry: RunEntry = {
    run: 'uid-up',
    name: 'up',
    version: 'v1.31.5+k3s1',
    step: 'Verifying',
    since: '2026-11-21T12:00:00Z',
    cordonedAt: '2026-11-21T11:59:00Z',
    attempt: 1,
    tries: 1,
    before: { unschedulable: before, kubeletVersion: from, bootId: 'boot' },
    ...more,
  }
  return { node: worker(0, { unschedulable: now }), entry }
}

describe("taking the run's cordon back", () => {
  it.each([
    { what: 'a node that was schedulable becomes so again', now: true, before: false, patch: { unschedulable: false } },
    { what: 'one that somebody had cordoned before stays cordoned', now: true, before: true, patch: {} },
    { what: 'one that somebody uncordoned meanwhile is not cordoned again', now: false, before: true, patch: {} },
    { what: 'one that is schedulable already is left', now: false, before: false, patch: {} },
  ])('$what', ({ now, before, patch }) => expect(uncordoned(at(now, before))).toEqual(patch))

  it('a soaking node was given back already: a cordon of then is of somebody else', () => {
    expect(uncordoned(at(true, false, { step: 'Soaking' }))).toEqual({})
  })
})

describe('what is remembered of a node that the run cordons', () => {
  const nowMs = Date.parse('2026-11-21T12:05:00Z')
  const found = (unschedulable: boolean) => ({
    cordonedAt: '2026-11-21T12:05:00Z',
    before: { unschedulable, kubeletVersion: from, bootId: 'boot' },
  })

  it.each([
    { what: 'a cordon of the run is remembered as it was found', ...at(true, false), more: {} },
    { what: "so is somebody else's that is still there", ...at(true, true), more: {} },
    { what: "one that somebody has taken back is the run's from now on", ...at(false, true), more: found(false) },
    { what: 'a node that was given back is found as it is', ...at(true, false, { step: 'Soaking' }), more: found(true) },
  ])('$what', ({ node, entry, more }) => expect(withCordon({ node, entry }, nowMs)).toEqual(more))
})
