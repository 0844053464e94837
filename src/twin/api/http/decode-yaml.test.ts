import { expect, it } from 'vitest'
import { decodeYaml } from './decode-yaml.ts'

it.each([
  ['a: 1\nb: [yes, "yes", ~]\n', { a: 1, b: [true, 'yes', null] }],
  ['{"a": {"b": 1}}', { a: { b: 1 } }],
  ['{a: {b: 1}}', { a: { b: 1 } }],
  ['a: &a {k: v}\nb: {<<: *a, z: 1}\nc: *a\n', { a: { k: 'v' }, b: { k: 'v', z: 1 }, c: { k: 'v' } }],
  ['time: 2026-11-21T10:00:00Z\nday: 2026-11-21\nratio: 1:30\n', { time: '2026-11-21T10:00:00Z', day: '2026-11-21', ratio: '1:30' }],
  ['a: 1\n---\nb: 2\n', { a: 1 }],
  ['# nothing\n', undefined],
  ['', undefined],
])('%j is %j', (text, value) => {
  expect(decodeYaml(text)).toEqual(value)
})

const letters = 'abcdefghijklmnop'
const bomb = [...letters].map((letter, at) => `${letter}: &${letter} [${Array(9).fill(at === 0 ? 'x' : `*${letters[at - 1]}`)}]`).join('\n')

it.each([
  ['an anchor that contains itself', 'a: &a\n  b: *a\n', 'an anchor contains itself'],
  [
    'few aliases that stand for more than any memory holds',
    bomb.split('\n').slice(0, 11).join('\n'),
    'document contains excessive aliasing',
  ],
  ['many aliases', bomb, 'aliases'],
  ['flow nested deeply', `a: ${'['.repeat(1_000_000)}`, 'nesting'],
  ['lists nested deeply', '- '.repeat(100_000), 'nesting'],
  ['blocks nested deeply', Array.from({ length: 2_000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'), 'nesting'],
  ['a key twice', 'a: 1\na: 2\n', 'duplicated mapping key'],
  ['a list as a key', '? [a]\n: b\n', 'key'],
  ['an unknown tag', 'a: !foo x\n', 'unknown'],
])('refuses %s', (_, text, why) => {
  expect(() => decodeYaml(text)).toThrow(why)
})

it('reads a long mapping in time that grows with its length', () => {
  const text = Array.from({ length: 100_000 }, (_, at) => `k${at}: v`).join('\n')
  expect(Object.keys(decodeYaml(text) as object)).toHaveLength(100_000)
})
