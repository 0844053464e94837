import { expect, it } from 'vitest'
import { withoutNulls } from './without-nulls.ts'

it('takes null fields away at every depth and keeps what has none as it is', () => {
  const clean = { a: [1, null, { b: 2 }], c: { creationTimestamp: null } }
  expect(withoutNulls({ clean, metadata: null, spec: { x: null, list: [{ y: null, z: 1 }] } })).toEqual({
    clean,
    spec: { list: [{ z: 1 }] },
  })
  expect(withoutNulls(clean)).toBe(clean)
})
