import { describe, expect, it } from 'vitest'
import { nearestText } from './nearest-text.ts'

describe('nearestText', () => {
  const candidates = ['allow', 'drain', 'health-gate', 'retry', 'window']

  it.each([
    ['retries', 'retry'],
    ['healthgate', 'health-gate'],
    ['windwo', 'window'],
    ['alow', 'allow'],
  ])('%s is meant to be %s', (text, meant) => {
    expect(nearestText(text, candidates)).toBe(meant)
  })

  it.each(['', 'x', 'pause', 'completely-different'])('%j is like none of them', (text) => {
    expect(nearestText(text, candidates)).toBeUndefined()
  })

  it('has nothing to say without candidates', () => {
    expect(nearestText('retry', [])).toBeUndefined()
  })
})
