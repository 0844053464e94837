import { describe, expect, it } from 'vitest'
import { digestText } from './digest-text.ts'

describe('digestText', () => {
  it.each([
    ['a text', 'text', 'text'],
    ['white space around a text', '  a b\n', 'a b'],
    ['a number', 12, '12'],
    ['true', true, 'true'],
    ['false', false, 'false'],
    ['null', null, ''],
    ['nothing', undefined, ''],
    ['an empty list', [], ''],
    ['an empty map', {}, 'map[]'],
    ['an empty text', '', ''],
    ['a list of lists', [['a', 'b'], ['c']], '[a b]'],
    ['a list that begins with null', [null, 'a'], ''],
    ['nested maps, keys in order', { z: 1, a: { c: [1, 2, 'x'], b: true, n: null } }, 'map[a:map[b:true c:[1 2 x] n:<nil>] z:1]'],
    ['keys in the order of their bytes', { b: [{ x: 1, y: '' }], a: null, B: true, _: 'q r' }, 'map[B:true _:q r a:<nil> b:[map[x:1 y:]]]'],
  ])('point 48: writes %s as Go does', (_, value, text) => {
    expect(digestText(value)).toBe(text)
  })

  it('defect 17, kept: of a list only the first element counts, or every node would be upgraded again', () => {
    const first = { name: 'FOO', value: 'bar' }
    expect(digestText([first, { name: 'B', value: 'b' }])).toBe('map[name:FOO value:bar]')
    expect(digestText([first])).toBe('map[name:FOO value:bar]')
  })
})
