import { expect, it } from 'vitest'
import { slowStart } from './slow-start.ts'

it.each([
  { count: 0, failsFrom: 100, tried: 0 },
  { count: 10, failsFrom: 100, tried: 10 },
  { count: 10, failsFrom: 0, tried: 1 },
  { count: 10, failsFrom: 2, tried: 3 },
  { count: 100, failsFrom: 5, tried: 7 },
])('of $count attempts that fail from number $failsFrom on it makes $tried', async ({ count, failsFrom, tried }) => {
  let attempts = 0
  const failure = await slowStart(count, async (number) => {
    attempts += 1
    if (number >= failsFrom) throw new Error('no')
  })
  expect(attempts).toBe(tried)
  expect(failure === undefined).toBe(count <= failsFrom)
})
