import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  differenceOf,
  type FieldSet,
  intersectionOf,
  isEmptySet,
  isSameSet,
  leaf,
  noFields,
  pathsOf,
  sortedSet,
  unionOf,
} from './field-set.ts'

/** A set made of its paths. */
function setOf(paths: readonly (readonly string[])[]): FieldSet {
  const one = (path: readonly string[]): FieldSet => path.toReversed().reduce<FieldSet>((node, element) => ({ [element]: node }), leaf)
  return paths.map(one).reduce(unionOf, noFields)
}

const path = fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"y"'), { minLength: 1, maxLength: 4 })
const paths = fc.array(path, { maxLength: 8 })

function asText(set: FieldSet): readonly string[] {
  return pathsOf(set)
    .map((found) => found.join(' '))
    .toSorted()
}

const texts = (found: readonly (readonly string[])[]) => [...new Set(found.map((one) => one.join(' ')))].toSorted()

describe('sets of fields', () => {
  it('a field and what lies below it can both be in a set', () => {
    expect(setOf([['f:a'], ['f:a', 'f:b']])).toEqual({ 'f:a': { '.': {}, 'f:b': {} } })
  })

  it('a field that goes leaves what lies below it', () => {
    expect(differenceOf({ 'f:a': { '.': {}, 'f:b': {} } }, { 'f:a': {} })).toEqual({ 'f:a': { 'f:b': {} } })
  })

  it('a field is not in a set because something below it is', () => {
    expect(intersectionOf({ 'f:a': { 'f:b': {} } }, { 'f:a': {} })).toEqual({})
  })

  it('is written with . first, then in order', () => {
    expect(JSON.stringify(sortedSet({ 'f:b': {}, 'f:a': { 'f:c': {}, '.': {} } }))).toBe('{"f:a":{".":{},"f:c":{}},"f:b":{}}')
  })

  it('tells the fields of a level before those below', () => {
    const set = setOf([['f:b'], ['f:a', 'f:x'], ['f:c', 'f:y'], ['f:c']])
    expect(pathsOf(set)).toEqual([['f:b'], ['f:c'], ['f:a', 'f:x'], ['f:c', 'f:y']])
  })

  it('union, difference and intersection are those of sets of paths', () => {
    fc.assert(
      fc.property(paths, paths, (a, b) => {
        const [left, right] = [setOf(a), setOf(b)]
        const [inLeft, inRight] = [texts(a), texts(b)]
        expect(asText(unionOf(left, right))).toEqual(texts([...a, ...b]))
        expect(asText(differenceOf(left, right))).toEqual(inLeft.filter((one) => !inRight.includes(one)))
        expect(asText(intersectionOf(left, right))).toEqual(inLeft.filter((one) => inRight.includes(one)))
        expect(isSameSet(left, right)).toBe(JSON.stringify(inLeft) === JSON.stringify(inRight))
        expect(isEmptySet(differenceOf(left, left))).toBe(true)
      }),
    )
  })
})
