import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatIndexes, parseIndexes } from './completion-indexes.ts'

it.each([
  { indexes: [], text: '' },
  { indexes: [3], text: '3' },
  { indexes: [0, 1], text: '0,1' },
  { indexes: [1, 3, 4, 5, 7], text: '1,3-5,7' },
  { indexes: [2, 1, 0, 2], text: '0-2' },
])('$indexes is $text', ({ indexes, text }) => {
  expect(formatIndexes(indexes)).toBe(text)
})

it('leaves out what is no index or not below the completions', () => {
  expect(parseIndexes('0-9,x,12', 4)).toEqual([0, 1, 2, 3])
})

it('is read as it was written', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 })), (indexes) => {
      expect(parseIndexes(formatIndexes(indexes), 41)).toEqual([...indexes].sort((a, b) => a - b))
    }),
  )
})
