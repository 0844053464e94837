import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { duplicateFields } from './duplicate-fields.ts'

describe('duplicateFields', () => {
  it.each([
    ['{"a":1,"b":2}', []],
    ['{"a":1,"a":2}', ['a']],
    ['{"spec":{"replicas":1,"replicas":2}}', ['spec.replicas']],
    ['{"c":[{"n":1},{"n":1,"n":2}]}', ['c[1].n']],
    ['{"a":{"x":1},"b":{"x":1}}', []],
    ['{"a":"{\\"b\\":1,\\"b\\":2}","c":"a"}', []],
    ['{"a\\u0062":1,"ab":2}', ['ab']],
    ['[{"a":1},{"a":1}]', []],
    ['{"a":1,"a":2,"a":3}', ['a']],
  ])('%s has %j', (text, paths) => {
    expect(duplicateFields(text)).toEqual(paths)
  })

  it('finds none in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(duplicateFields(JSON.stringify(value))).toEqual([])
      }),
    )
  })
})
