import { describe, expect, it } from 'vitest'
import { isLabelKey, isLabelValue, labelKeyProblem, labelValueProblem, shortLabelValue } from './label-syntax.ts'

describe('label values', () => {
  it.each(['', 'a', 'A', '1', 'v1.20.3-k3s1', 'a_b', 'a.-_b', 'x'.repeat(63)])('accepts %j', (value) => {
    expect(isLabelValue(value)).toBe(true)
    expect(labelValueProblem(value)).toBeUndefined()
  })

  it.each(['-a', 'a-', '.a', 'a b', 'a+b', 'a/b', 'ä', 'a\n', 'x'.repeat(64)])('refuses %j', (value) => {
    expect(isLabelValue(value)).toBe(false)
    expect(labelValueProblem(value)).toMatch(/^(must be no more than 63|a valid label must)/)
  })
})

describe('label keys', () => {
  it.each(['a', 'A.b_c-d', 'example.com/a', 'plan.upgrade.cattle.io/server-plan', `${'x'.repeat(63)}`, `${'a.'.repeat(126)}a/x`])(
    'accepts %j',
    (key) => {
      expect(isLabelKey(key)).toBe(true)
      expect(labelKeyProblem(key)).toBeUndefined()
    },
  )

  it.each([
    { key: '', why: 'name part must be non-empty' },
    { key: 'a/', why: 'name part must be non-empty' },
    { key: '/a', why: 'prefix part must be non-empty' },
    { key: 'a/b/c', why: 'a qualified name' },
    { key: '-a', why: 'name part must consist of' },
    { key: 'x'.repeat(64), why: 'name part must be no more than 63 characters' },
    { key: 'Example.com/a', why: 'prefix part a lowercase RFC 1123 subdomain' },
    { key: `${'a.'.repeat(127)}a/x`, why: 'prefix part must be no more than 253 characters' },
  ])('refuses $key: $why', ({ key, why }) => {
    expect(isLabelKey(key)).toBe(false)
    expect(labelKeyProblem(key)).toContain(why)
  })
})

it.each([
  { name: 'to-1-34', value: 'to-1-34' },
  { name: 'a'.repeat(70), value: 'a'.repeat(63) },
  { name: `${'a'.repeat(60)}.-.bc`, value: 'a'.repeat(60) },
])('as much of $name as a label may have', ({ name, value }) => {
  expect(shortLabelValue(name)).toBe(value)
  expect(isLabelValue(shortLabelValue(name))).toBe(true)
})
