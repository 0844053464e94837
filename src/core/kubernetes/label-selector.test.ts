import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesSelector, selectorProblem, selectorRequirements, selectorText } from './label-selector.ts'

const exists = (key: string) => ({ key, operator: 'Exists' })
const absent = (key: string) => ({ key, operator: 'DoesNotExist' })
const isIn = (key: string, ...values: string[]) => ({ key, operator: 'In', values })
const notIn = (key: string, ...values: string[]) => ({ key, operator: 'NotIn', values })

describe('matchesSelector', () => {
  it('an absent selector matches nothing, an empty one everything', () => {
    expect(matchesSelector(undefined, { a: '1' })).toBe(false)
    expect(matchesSelector({}, {})).toBe(true)
    expect(matchesSelector({ matchLabels: {}, matchExpressions: [] }, { a: '1' })).toBe(true)
  })

  it.each([
    { expressions: [isIn('a', '1', '2')], yes: [{ a: '1' }, { a: '2' }], no: [{ a: '3' }, {}, { b: '1' }] },
    { expressions: [notIn('a', '1')], yes: [{ a: '2' }, {}], no: [{ a: '1' }] },
    { expressions: [isIn('a', '')], yes: [{ a: '' }], no: [{}, { a: '1' }] },
    { expressions: [exists('a')], yes: [{ a: '' }], no: [{}] },
    { expressions: [absent('a')], yes: [{}, { b: '1' }], no: [{ a: '' }] },
    { expressions: [exists('a'), absent('b')], yes: [{ a: '1' }], no: [{ a: '1', b: '1' }, {}] },
    { expressions: [exists('constructor')], yes: [], no: [{}] },
  ])('$expressions matches $yes and not $no', ({ expressions, yes, no }) => {
    for (const labels of yes) expect(matchesSelector({ matchExpressions: expressions }, labels as Record<string, string>)).toBe(true)
    for (const labels of no) expect(matchesSelector({ matchExpressions: expressions }, labels as Record<string, string>)).toBe(false)
  })

  it('labels and expressions all have to hold', () => {
    const selector = { matchLabels: { a: '1' }, matchExpressions: [exists('b')] }
    expect(matchesSelector(selector, { a: '1', b: '' })).toBe(true)
    expect(matchesSelector(selector, { a: '2', b: '' })).toBe(false)
    expect(matchesSelector(selector, { a: '1' })).toBe(false)
  })

  it('a selector that cannot be read matches nothing', () => {
    expect(matchesSelector({ matchExpressions: [{ key: 'a', operator: 'Foo' }] }, { a: '1' })).toBe(false)
    expect(matchesSelector({ matchExpressions: [isIn('a')] }, { a: '1' })).toBe(false)
  })

  it('NotIn holds exactly where In does not', () => {
    const value = fc.constantFrom('1', '2', '3')
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.dictionary(fc.constantFrom('a', 'b'), value), (values, labels) => {
        const inside = matchesSelector({ matchExpressions: [isIn('a', ...values)] }, labels)
        expect(matchesSelector({ matchExpressions: [notIn('a', ...values)] }, labels)).toBe(!inside)
      }),
    )
  })
})

describe('selectorProblem', () => {
  it.each([{}, { matchLabels: { 'a.b/c': '' } }, { matchExpressions: [isIn('a', '1'), notIn('b', '2'), exists('c'), absent('d')] }])(
    'finds none in %j',
    (selector) => {
      expect(selectorProblem(selector)).toBeUndefined()
    },
  )

  it.each([
    { selector: { matchExpressions: [{ key: 'a', operator: 'Foo' }] }, problem: '"Foo" is not a valid label selector operator' },
    { selector: { matchExpressions: [{ key: 'a', operator: '' }] }, problem: '"" is not a valid label selector operator' },
    {
      selector: { matchExpressions: [isIn('a')] },
      problem: "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    },
    {
      selector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['1'] }] },
      problem: 'values: Invalid value: ["1"]: values set must be empty for exists and does not exist',
    },
    { selector: { matchLabels: { 'a b': '1' } }, problem: 'key: Invalid value: "a b": name part must consist of' },
    { selector: { matchLabels: { a: '1 2' } }, problem: 'values[0][a]: Invalid value: "1 2": a valid label must be' },
    { selector: { matchExpressions: [notIn('a', 'ok', 'x'.repeat(64))] }, problem: 'values[1][a]: Invalid value: "xxxx' },
    { selector: { matchExpressions: [exists('')] }, problem: 'key: Invalid value: "": name part must be non-empty' },
  ])('says of $selector: $problem', ({ selector, problem }) => {
    expect(selectorProblem(selector)).toContain(problem)
  })
})

describe('selectorText', () => {
  it('point 75: sorts requirements by key and values among themselves', () => {
    const requirements = selectorRequirements({
      matchLabels: { a: '1' },
      matchExpressions: [exists('zzz'), notIn('component', 'z', 'sonobuoy'), isIn('app', 'q'), absent('upgrade.cattle.io/controller')],
    })
    expect(selectorText(requirements)).toBe('a=1,app in (q),component notin (sonobuoy,z),!upgrade.cattle.io/controller,zzz')
  })

  it('keeps the order of requirements with the same key', () => {
    expect(selectorText(selectorRequirements({ matchExpressions: [notIn('a', '2'), isIn('a', '3', '1')], matchLabels: { a: '0' } }))).toBe(
      'a=0,a notin (2),a in (1,3)',
    )
  })

  it('is empty without requirements', () => {
    expect(selectorText([])).toBe('')
  })
})
