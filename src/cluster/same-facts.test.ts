import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sameFacts } from './same-facts.ts'

it('agrees with a deep comparison for every JSON value', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(json, json, fc.boolean(), (a, b, alike) => {
      const other = alike ? structuredClone(a) : b
      expect(sameFacts({ facts: a }, { facts: other })).toBe(isDeepStrictEqual(a, other))
    }),
  )
})

it.each([
  { a: { x: 1, resourceVersion: '1' }, b: { x: 1, resourceVersion: '2' }, same: true },
  { a: { x: { resourceVersion: '1' } }, b: { x: { resourceVersion: '2' } }, same: false },
  { a: { x: undefined }, b: { y: undefined }, same: false },
  { a: { x: 1 }, b: { x: 1, y: undefined }, same: false },
  { a: { x: [] }, b: { x: {} }, same: false },
  { a: { x: [1, 2] }, b: { x: [1] }, same: false },
  { a: { x: null }, b: { x: {} }, same: false },
])('$a and $b: $same', ({ a, b, same }) => {
  expect(sameFacts(a, b)).toBe(same)
})
