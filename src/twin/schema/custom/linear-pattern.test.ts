import { describe, expect, it } from 'vitest'
import { linearPattern } from './linear-pattern.ts'

describe('linearPattern', () => {
  it.each([
    ['^a+$', 'aaa', true],
    ['^a+$', 'aab', false],
    ['b', 'abc', true],
    ['(?i)^ABC$', 'abc', true],
    ['(?P<n>x)', 'x', true],
    ['^a\\z', 'a', true],
    ['[[:alpha:]]', '1', false],
    ['^\\pL+$', 'äöü', true],
    ['^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$', 'a-b.c', true],
  ])('%s on %j: %s', (pattern, text, matches) => {
    expect(linearPattern(pattern)?.test(text)).toBe(matches)
  })

  it.each(['(', '(?=a)', '(a)\\1', 'a**', '(a{1000}){1000}', 'a'.repeat(100_000)])('%s is none', (pattern) => {
    expect(linearPattern(pattern)).toBeUndefined()
  })

  it.each(['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){20}', '^(?:a?){50}a{50}$'])('%s comes to an end on a long text', (pattern) => {
    expect(linearPattern(pattern)?.test(`${'a'.repeat(20_000)}!`)).toBeTypeOf('boolean')
  })

  it('finds the parts that match, from the left, and no more than asked for', () => {
    expect(linearPattern('[0-9]+')?.find('a1b22c333', 9)).toEqual(['1', '22', '333'])
    expect(linearPattern('[0-9]+')?.find('a1b22c333', 2)).toEqual(['1', '22'])
    expect(linearPattern('x*')?.find('a', 9)).toEqual(['', ''])
  })
})
