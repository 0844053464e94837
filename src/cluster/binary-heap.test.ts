import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BinaryHeap } from './binary-heap.ts'

const moves = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('Push' as const), item: fc.nat({ max: 50 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Pop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Retain' as const), below: fc.nat({ max: 50 }) }) },
)

describe('a binary heap', () => {
  it('has the first of what is in it on top, after any moves', () => {
    fc.assert(
      fc.property(fc.array(moves, { maxLength: 80 }), (steps) => {
        const heap = new BinaryHeap<number>((a, b) => a < b)
        let sorted: number[] = []
        for (const step of steps) {
          switch (step.kind) {
            case 'Push':
              heap.push(step.item)
              sorted = [...sorted, step.item].sort((a, b) => a - b)
              break
            case 'Pop':
              expect(heap.pop()).toBe(sorted.shift())
              break
            case 'Retain':
              heap.retain((item) => item < step.below)
              sorted = sorted.filter((item) => item < step.below)
              break
            default:
              break
          }
          expect([heap.peek(), heap.size]).toEqual([sorted[0], sorted.length])
        }
      }),
    )
  })
})
