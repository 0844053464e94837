import { expect, it } from 'vitest'
import { Remembered } from './remembered.ts'

it('forgets the oldest, never the half that came last', () => {
  const remembered = new Remembered<number>(8)
  for (let i = 0; i < 100; i += 1) {
    remembered.set(`key ${i}`, i)
    for (let back = 0; back < Math.min(4, i + 1); back += 1) expect(remembered.get(`key ${i - back}`)).toBe(i - back)
    expect(remembered.get(`key ${i - 8}`)).toBeUndefined()
  }
})

it('has the value that was set last', () => {
  const remembered = new Remembered<number>(4)
  for (const value of [1, 2, 3, 4]) {
    remembered.set('key', value)
    remembered.set(`other ${value}`, value)
    expect(remembered.get('key')).toBe(value)
  }
})
