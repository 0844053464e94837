import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RowMemo } from './object-memo.ts'

interface Thing {
  readonly name: string
}

describe('what is made of several objects for another one', () => {
  const isBefore = (one: Thing, other: Thing) => one.name < other.name
  const owner = {}

  it('is made once for each version of each', () => {
    const made: Thing[] = []
    const make = (thing: Thing) => {
      made.push(thing)
      return thing.name
    }
    const memo = new RowMemo<object, Thing, string>(isBefore)
    const maker = { make, stillHolds: () => true }
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => ({ name })) as [Thing, Thing, Thing, Thing]
    memo.get(owner, [a, b, d], maker)
    const other = { name: 'b' }
    expect(memo.get(owner, [a, other, c, d], maker)).toEqual(['a', 'b', 'c', 'd'])
    expect(memo.get(owner, [c], maker)).toEqual(['c'])
    expect(made).toEqual([a, b, d, other, c])
  })

  it('is made anew when it depends on something that has changed', () => {
    let suffix = '1'
    const memo = new RowMemo<object, Thing, string>(isBefore)
    const maker = { make: ({ name }: Thing) => name + suffix, stillHolds: (value: string) => value.endsWith(suffix) }
    const things = [{ name: 'a' }]
    expect(memo.get(owner, things, maker)).toEqual(['a1'])
    suffix = '2'
    expect(memo.get(owner, things, maker)).toEqual(['a2'])
  })

  it('is always what each alone would be, in whatever order they come', () => {
    const pool = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => [{ name }, { name }])
    const rows = fc.array(
      fc.subarray(pool).chain((some) => fc.shuffledSubarray(some, { minLength: some.length })),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(rows, (looks) => {
        const memo = new RowMemo<object, Thing, Thing>(isBefore)
        for (const things of looks) {
          const values = memo.get(owner, things, { make: (thing) => thing, stillHolds: () => true })
          expect(values.map((value, at) => value === things[at])).toEqual(things.map(() => true))
        }
      }),
    )
  })
})
