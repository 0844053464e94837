import fc from 'fast-check'
import { expect, it } from 'vitest'
import { templateHash } from './template-hash.ts'

const template = { metadata: { labels: { a: '1', b: '2' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }

it('is the same for the same template, whatever the order of its keys', () => {
  const other = { spec: { containers: [{ image: 'i', name: 'c' }] }, metadata: { labels: { b: '2', a: '1' } } }
  expect(templateHash(other, undefined)).toBe(templateHash(template, undefined))
})

it('stays what it was, so that recorded clusters keep their ReplicaSets', () => {
  expect(templateHash(template, undefined)).toBe('59875bcfdd')
})

it.each([
  { what: 'another image', other: { ...template, spec: { containers: [{ name: 'c', image: 'j' }] } }, collisions: undefined },
  { what: 'a collision', other: template, collisions: 1 },
])('is another with $what', ({ other, collisions }) => {
  expect(templateHash(other, collisions)).not.toBe(templateHash(template, undefined))
})

it('is a label value of at most ten characters', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(templateHash(value, 0)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/)
    }),
  )
})
