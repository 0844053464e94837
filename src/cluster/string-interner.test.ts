import { expect, it } from 'vitest'
import { StringInterner } from './string-interner.ts'

it('keeps content and order of a map', () => {
  const map = { zone: 'a', arch: 'amd64' }
  expect(Object.entries(new StringInterner().internMap(map))).toEqual(Object.entries(map))
})

it('knows no more strings than its capacity', () => {
  const interner = new StringInterner(3)
  for (let i = 0; i < 100; i++) expect(interner.intern(`host-${i}`)).toBe(`host-${i}`)
  expect(interner.size).toBeLessThanOrEqual(3)
})
