import { describe, expect, it } from 'vitest'
import { parseFieldSet } from './parse-field-set.ts'

describe('parseFieldSet', () => {
  it('reads fieldsV1 and puts keys into their canonical form', () => {
    const given = { 'f:spec': { 'f:ports': { '.': {}, 'k:{"protocol":"TCP", "port":80}': { '.': {} }, 'v:"x"': {}, 'i:0': {} } } }
    expect(parseFieldSet(given)).toEqual({
      'f:spec': { 'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { '.': {} }, 'v:"x"': {}, 'i:0': {} } },
    })
  })

  it.each([[null], ['x'], [[]], [{ x: {} }], [{ 'f:a': null }], [{ 'k:x': {} }], [{ 'k:[]': {} }], [{ 'v:': {} }], [{ 'i:x': {} }]])(
    'refuses %j',
    (given) => {
      expect(parseFieldSet(given)).toBeUndefined()
    },
  )
})
