import { describe, expect, it } from 'vitest'
import { secretHash } from './secret-hash.ts'

const secret = { name: 'test', type: 'Opaque', data: { config: 'dGVzdA==' } }

describe('secretHash', () => {
  it('is the ten characters of kubectl', () => {
    expect(secretHash(secret)).toBe('2tg9fbfm4c')
  })

  it('does not depend on the order of the keys', () => {
    expect(secretHash({ ...secret, data: { a: 'YQ==', b: 'Yg==' } })).toBe(secretHash({ ...secret, data: { b: 'Yg==', a: 'YQ==' } }))
  })

  it('takes a Secret with empty data for one without', () => {
    expect(secretHash({ ...secret, data: {} })).toBe(secretHash({ name: 'test', type: 'Opaque' }))
  })

  it.each([
    ['its data', { data: { config: 'dGVzdDI=' } }],
    ['a key', { data: { konfig: 'dGVzdA==' } }],
    ['its name', { name: 'other' }],
    ['its type', { type: 'kubernetes.io/tls' }],
    ['immutable', { immutable: true }],
    ['immutable: false, which is not the same as absent', { immutable: false }],
  ])('changes with %s', (_, change) => {
    expect(secretHash({ ...secret, ...change })).not.toBe(secretHash(secret))
  })

  it('never has a character that could spell a word', () => {
    const hashes = Array.from({ length: 50 }, (_, i) => secretHash({ ...secret, name: `s${i}` }))
    expect(hashes.join('')).toMatch(/^[2456789bcdfghkmt]+$/)
  })

  it.each([
    ['<', '4mmg8d59h6'],
    ['>', '686665m7g2'],
    ['&', 'ckmhg2khm8'],
    ['\u2028', 'f54564b996'],
  ])('escapes %s in the type as Go does', (type, hash) => {
    expect(secretHash({ ...secret, type })).toBe(hash)
  })
})
