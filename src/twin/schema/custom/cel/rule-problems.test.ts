import { describe, expect, it } from 'vitest'
import type { JsonSchema, ValidationRule } from '../json-schema.ts'
import { ruleProblems } from './rule-problems.ts'

const properties: Readonly<Record<string, JsonSchema>> = {
  min: { type: 'integer' },
  max: { type: 'integer' },
  ratio: { type: 'number' },
  names: { type: 'array', items: { type: 'string' } },
  labels: { type: 'object', additionalProperties: { type: 'string' } },
  port: { 'x-kubernetes-int-or-string': true },
  at: { type: 'string', format: 'date-time' },
  namespace: { type: 'string' },
  'dash-ed': { type: 'string' },
}

function spec(...rules: readonly (string | ValidationRule)[]): JsonSchema {
  return { type: 'object', properties, 'x-kubernetes-validations': rules.map((rule) => (typeof rule === 'string' ? { rule } : rule)) }
}

function messages(next: unknown, schema: JsonSchema, old?: unknown) {
  return ruleProblems({ next, old }, schema, 'spec').map(({ field, message }) => `${field}: ${message}`)
}

describe('ruleProblems', () => {
  it.each([
    ['self.min <= self.max', { min: 1, max: 2 }, true],
    ['self.min <= self.max', { min: 3, max: 2 }, false],
    ['!has(self.min) || self.min > 0', {}, true],
    ['self.ratio < 0.5', { ratio: 0.25 }, true],
    ['self.names.all(n, n.startsWith("a"))', { names: ['ab', 'ac'] }, true],
    ['self.names.all(n, n.startsWith("a"))', { names: ['ab', 'bc'] }, false],
    ['self.names.isSorted()', { names: ['a', 'b'] }, true],
    ['self.names.isSorted()', { names: ['b', 'a'] }, false],
    ['"a" in self.labels', { labels: { a: 'b' } }, true],
    ['self.labels["x.y/z"] == "b"', { labels: { 'x.y/z': 'b' } }, true],
    ['self.names.size() <= 1', { names: ['a', 'b'] }, false],
    ['type(self.port) == string ? self.port == "50%" : self.port < 10', { port: '50%' }, true],
    ['type(self.port) == string ? self.port == "50%" : self.port < 10', { port: 11 }, false],
    ['self.at > timestamp("2020-01-01T00:00:00Z")', { at: '2021-01-01T00:00:00Z' }, true],
    ['self.__namespace__ == "x"', { namespace: 'x' }, true],
    ['self.dash__dash__ed == "x"', { 'dash-ed': 'x' }, true],
    ['self.min in [1, 2]', { min: 2 }, true],
    ['self.names[0].matches("^a+$")', { names: ['aaa'] }, true],
    ['self.names.all(n, n.matches("matches")) && "matches".matches( "^m" )', { names: ['it matches'] }, true],
    ['self.names[0].matches("^(a+)+$")', { names: [`${'a'.repeat(20_000)}!`] }, false],
    ['self.names[0].find("[0-9]+") == "12" && self.names[0].findAll("[0-9]").size() == 3', { names: ['a12b3'] }, true],
  ])('%s for %j: %s', (rule, value, holds) => {
    expect(messages(value, spec(rule))).toEqual(holds ? [] : [`spec: Invalid value: "object": failed rule: ${rule}`])
  })

  it.each([
    { rule: 'self.min == 1', value: {}, says: 'no such key: min' },
    { rule: 'self.names[3] == "a"', value: { names: ['a'] }, says: 'index out of bounds: 3' },
  ])('$rule for $value is not there: $says', ({ rule, value, says }) => {
    expect(messages(value, spec(rule))).toEqual([`spec: Invalid value: "object": ${says} evaluating rule: ${rule}`])
  })

  const growing = { rule: 'oldSelf.hasValue() ? self.min >= oldSelf.value().min : self.min == 1', message: 'grows', optionalOldSelf: true }
  it.each([
    { old: undefined, min: 1, refused: false },
    { old: undefined, min: 2, refused: true },
    { old: { min: 2 }, min: 3, refused: false },
    { old: { min: 2 }, min: 1, refused: true },
  ])('an optional oldSelf is asked whether it is there: $old → $min refused $refused', ({ old, min, refused }) => {
    expect(messages({ min }, spec(growing), old)).toEqual(refused ? ['spec: Invalid value: "object": grows'] : [])
  })

  it('a message says what is wrong, an expression says it with the values', () => {
    expect(messages({ min: 1 }, spec({ rule: 'self.min > 1', message: 'too small' }))).toEqual(['spec: Invalid value: "object": too small'])
    const messageExpression = '"min is " + string(self.min)'
    expect(messages({ min: 1 }, spec({ rule: 'self.min > 1', messageExpression }))).toEqual(['spec: Invalid value: "object": min is 1'])
  })

  it('reason and field of a rule are told', () => {
    const rule = { rule: 'false', message: 'no', reason: 'FieldValueForbidden', fieldPath: '.min' }
    expect(ruleProblems({ next: {}, old: undefined }, spec(rule), 'spec')).toEqual([
      { reason: 'FieldValueForbidden', message: 'Forbidden: no', field: 'spec.min' },
    ])
  })

  it('a rule about a change is asked where there was a value before', () => {
    const schema = spec('self.min >= oldSelf.min')
    expect(messages({ min: 1 }, schema)).toEqual([])
    expect(messages({ min: 1 }, schema, { min: 2 })).toHaveLength(1)
    expect(messages({ min: 2 }, schema, { min: 2 })).toEqual([])
  })

  it('rules of fields, keys and items are asked with their places', () => {
    const positive: ValidationRule = { rule: 'self > 0', message: 'must be positive' }
    const number: JsonSchema = { type: 'integer', 'x-kubernetes-validations': [positive] }
    const schema: JsonSchema = {
      type: 'object',
      properties: { a: number, l: { type: 'array', items: number }, m: { type: 'object', additionalProperties: number } },
    }
    expect(messages({ a: 0, l: [1, -1], m: { k: -2 } }, schema)).toEqual([
      'spec.a: Invalid value: 0: must be positive',
      'spec.l[1]: Invalid value: -1: must be positive',
      'spec.m[k]: Invalid value: -2: must be positive',
    ])
  })

  it('items are compared with what they were where keys tell them apart', () => {
    const items: JsonSchema = {
      type: 'object',
      properties: { k: { type: 'string' }, v: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: 'self.v == oldSelf.v', message: 'v is fixed' }],
    }
    const keyed: JsonSchema = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items }
    const before = [
      { k: 'a', v: 1 },
      { k: 'b', v: 2 },
    ]
    expect(
      messages(
        [
          { k: 'b', v: 2 },
          { k: 'a', v: 3 },
        ],
        keyed,
        before,
      ),
    ).toEqual(['spec[1]: Invalid value: "object": v is fixed'])
    expect(messages([{ k: 'b', v: 9 }], { type: 'array', items }, before)).toEqual([])
  })

  it('a rule with functions that are not known here refuses nothing', () => {
    expect(messages({ min: 1 }, spec('url("https://x").getHost() == "y"'))).toEqual([])
  })

  it('a rule that cannot be evaluated refuses', () => {
    expect(messages({}, spec('self.min > 0'))[0]).toMatch(/^spec: Invalid value: "object": .* evaluating rule: self\.min > 0$/)
  })
})

describe('the cost of rules', () => {
  const names = Array.from({ length: 1_000 }, (_, i) => `name-${i}`)
  const nested = (depth: number): string => (depth === 0 ? 'true' : `self.names.all(n${depth}, ${nested(depth - 1)})`)

  it('is bounded: loops within loops end, and the write is refused', () => {
    expect(messages({ names }, spec(nested(1)))).toEqual([])
    const [problem = ''] = messages({ names }, spec(nested(4)))
    expect(problem).toContain(
      "'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: self.names.all",
    )
  })

  it.each(['exists', 'exists_one', 'filter', 'map'])('counts the turns of %s', (loop) => {
    const body = loop === 'map' || loop === 'filter' ? '.size() == 0' : ''
    const rule = `self.names.${loop}(a, self.names.${loop}(b, self.names.${loop}(c, c == "")${body})${body})${body}`
    expect(messages({ names }, spec(rule)).join()).toContain('call cost exceeds limit')
  })

  it('grows with what every turn may look at', () => {
    const huge = { names: names.slice(0, 1_000), namespace: 'x'.repeat(1_200_000) }
    expect(messages(huge, spec('self.names.all(n, !self.__namespace__.contains(n))')).join()).toContain('call cost exceeds limit')
    expect(messages({ ...huge, namespace: 'x' }, spec('self.names.all(n, !self.__namespace__.contains(n))'))).toEqual([])
  })

  it('is shared by all rules of a write: a thousand dear ones cost no more than some', () => {
    const rules = Array.from({ length: 1_000 }, (_, i) => `${nested(2)} && self.names.size() > ${i}`)
    const dear = messages({ names: names.slice(0, 900) }, spec(...rules))
    expect(dear.some((message) => message.includes('call cost exceeds limit'))).toBe(true)
    expect(dear.length).toBeLessThan(1_000)
  })
})
