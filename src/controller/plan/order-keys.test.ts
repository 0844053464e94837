import { describe, expect, it } from 'vitest'
import { orderKey } from '../../core/plan/node-selection.ts'
import { OrderKeys } from './order-keys.ts'

function counting() {
  const computed: string[] = []
  const keys = new OrderKeys((...of) => {
    computed.push(of.join(' '))
    return orderKey(...of)
  })
  return { computed, keys }
}

describe('order keys', () => {
  it('defect 41: one hash a node, however often its Plan is decided on', () => {
    const { computed, keys } = counting()
    for (let turn = 0; turn < 3; turn++) {
      for (const node of ['a', 'b']) expect(keys.of(node, 'plan', 'hash')).toBe(orderKey(node, 'plan', 'hash'))
    }
    expect(computed).toEqual(['a plan hash', 'b plan hash'])
  })

  it.each([
    { what: 'another hash', plan: 'plan', hash: 'new' },
    { what: 'another Plan of the same name', plan: 'new', hash: 'hash' },
  ])('are other ones for $what', ({ plan, hash }) => {
    const { keys } = counting()
    keys.of('a', 'plan', 'hash')
    expect(keys.of('a', plan, hash)).toBe(orderKey('a', plan, hash))
  })
})
