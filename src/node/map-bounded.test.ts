import { expect, it } from 'vitest'
import { mapBounded } from './map-bounded.ts'

it('works at so many at a time, and gives results in order', async () => {
  let working = 0
  let most = 0
  const results = await mapBounded([5, 1, 4, 2, 3], 2, async (item) => {
    working += 1
    most = Math.max(most, working)
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve()
    working -= 1
    return item * 10
  })
  expect([results, most]).toEqual([[50, 10, 40, 20, 30], 2])
})

it('has nothing to do for nothing', async () => {
  expect(await mapBounded([], 5, async () => 1)).toEqual([])
})

it('fails with the first that fails', async () => {
  await expect(mapBounded([1, 2], 2, (item) => Promise.reject(new Error(`item ${item}`)))).rejects.toThrow('item 1')
})
