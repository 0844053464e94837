import { expect, it } from 'vitest'
import { windowSize } from './window-size.ts'

it.each([
  { told: { columns: 120, rows: 40 }, size: { columns: 120, rows: 40 } },
  { told: {}, size: { columns: 80, rows: 24 } },
  { told: { columns: 0, rows: 0 }, size: { columns: 80, rows: 24 } },
])('a terminal that tells $told has the size $size', ({ told, size }) => {
  expect(windowSize(told)).toEqual(size)
})
