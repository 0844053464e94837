import { expect, it } from 'vitest'
import { Slots } from './slots.ts'

it('lets so many work at a time, the others in their order, also after one that failed', async () => {
  const slots = new Slots(2)
  const ends: (() => void)[] = []
  const begun: number[] = []
  const work = (number: number) =>
    slots.use(async () => {
      begun.push(number)
      await new Promise<void>((resolve) => ends.push(resolve))
      if (number === 1) throw new Error('failed')
    })
  const all = [1, 2, 3, 4].map(work)
  const outcomes = Promise.allSettled(all)
  await expect.poll(() => begun).toEqual([1, 2])
  ends[0]?.()
  await expect.poll(() => begun).toEqual([1, 2, 3])
  ends[1]?.()
  await expect.poll(() => begun).toEqual([1, 2, 3, 4])
  for (const end of ends) end()
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
})
