import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isNewer } from './resource-version.ts'

it('compares numbers of any size', () => {
  const version = fc.bigInt({ min: 1n, max: 2n ** 80n })
  fc.assert(fc.property(version, version, (a, b) => isNewer(String(a), String(b)) === a > b))
})

it.each([
  { a: '10', b: '9', newer: true },
  { a: '9', b: '9', newer: false },
  { a: '1', b: '', newer: true },
  { a: 'abc', b: '1', newer: false },
  { a: '012', b: '1', newer: false },
  { a: '', b: '', newer: false },
])('$a is newer than $b: $newer', ({ a, b, newer }) => {
  expect(isNewer(a, b)).toBe(newer)
})
