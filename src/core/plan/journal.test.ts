import { describe, expect, it } from 'vitest'
import { formatJournal, type JournalEntry, mayUncordon, parseJournal, unschedulableBefore, withEntry, withoutEntry } from './journal.ts'

function entry(plan: string, unschedulable = false, restored?: boolean): JournalEntry {
  return {
    plan,
    planUid: `uid-${plan}`,
    hash: 'h',
    step: restored === undefined ? 'Upgrade' : 'Failed',
    since: '2026-11-21T12:00:00Z',
    attempt: 1,
    before: { unschedulable, kubeletVersion: 'v1.20.2', bootId: 'b' },
    ...(restored === undefined ? {} : { failure: { message: 'm', reason: 'JobFailed', generation: 1, restored } }),
  }
}

describe('the journal of a node', () => {
  it('reads what it has written; an empty one is no annotation', () => {
    const entries = withEntry([], entry('ns/a'))
    expect(parseJournal(formatJournal(entries) ?? '')).toEqual({ kind: 'Journal', entries })
    expect(formatJournal(withoutEntry(entries, 'ns/a'))).toBeNull()
    expect(parseJournal(undefined)).toEqual({ kind: 'Journal', entries: [] })
  })

  it.each(['{', '{}', '[{"plan":"ns/a"}]', 'null'])(
    'an annotation that was edited by hand (%s) is not taken for an empty journal',
    (text) => {
      expect(parseJournal(text)).toEqual({ kind: 'Unreadable' })
    },
  )

  it('keeps one entry a Plan', () => {
    expect(withEntry([entry('ns/a'), entry('ns/b')], { ...entry('ns/a'), attempt: 2 }).map((e) => [e.plan, e.attempt])).toEqual([
      ['ns/b', 1],
      ['ns/a', 2],
    ])
  })

  it('a second Plan takes over what the first one found', () => {
    expect(unschedulableBefore([entry('ns/a', false)], true)).toBe(false)
    expect(unschedulableBefore([entry('ns/a', true)], true)).toBe(true)
    expect(unschedulableBefore([], true)).toBe(true)
  })

  it('what a failed Plan gave back already counts no longer', () => {
    expect(unschedulableBefore([entry('ns/a', false, true)], true)).toBe(true)
  })

  it.each([
    { name: 'its own cordon', entries: [entry('ns/a')], may: true },
    { name: 'not a cordon that was there before', entries: [entry('ns/a', true)], may: false },
    { name: 'not while another Plan is at work on the node', entries: [entry('ns/a'), entry('ns/b')], may: false },
    { name: 'when the other Plan has failed and given back', entries: [entry('ns/a'), entry('ns/b', false, true)], may: true },
    { name: 'not twice', entries: [entry('ns/a', false, true)], may: false },
    { name: 'nothing without an entry', entries: [entry('ns/b')], may: false },
  ])('a Plan takes back $name', ({ entries, may }) => {
    expect(mayUncordon(entries, 'ns/a')).toBe(may)
  })
})
