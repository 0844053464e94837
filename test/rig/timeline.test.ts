import { describe, expect, it } from 'vitest'
import { Timeline } from './timeline.ts'

describe('Timeline', () => {
  it('notes a state only when it differs from the one before', () => {
    const timeline = new Timeline<{ on: boolean }>()
    expect(timeline.note(1, 'a', { on: true })).toBe(true)
    expect(timeline.note(2, 'a', { on: true })).toBe(false)
    expect(timeline.note(3, 'a', undefined)).toBe(true)
    expect(timeline.note(4, 'a', undefined)).toBe(false)
    expect(timeline.history('a').map(({ atMs }) => atMs)).toEqual([1, 3])
  })

  it('finds the most objects that were so at one time, deleted ones not counted', () => {
    const timeline = new Timeline<{ on: boolean }>()
    timeline.note(1, 'a', { on: true })
    timeline.note(2, 'b', { on: true })
    timeline.note(3, 'a', undefined)
    timeline.note(4, 'c', { on: true })
    timeline.note(5, 'b', { on: false })
    expect(timeline.peak(({ on }) => on)).toEqual({ count: 2, atMs: 2, keys: ['a', 'b'] })
  })

  it('names an object again each time it becomes so', () => {
    const timeline = new Timeline<{ on: boolean; n?: number }>()
    timeline.note(1, 'a', { on: true })
    timeline.note(2, 'a', { on: true, n: 1 })
    timeline.note(3, 'b', { on: true })
    timeline.note(4, 'a', { on: false })
    timeline.note(5, 'a', { on: true })
    expect(timeline.became(({ on }) => on).map(({ key }) => key)).toEqual(['a', 'b', 'a'])
  })
})
