import { expect, it } from 'vitest'
import { scalingMessage } from './scaling-message.ts'

it.each([
  { minor: 20, text: 'Scaled up replica set web-1 to 3' },
  { minor: 28, text: 'Scaled up replica set web-1 to 3 from 1' },
  { minor: 33, text: 'Scaled up replica set web-1 from 1 to 3' },
])('in 1.$minor is $text', ({ minor, text }) => {
  expect(scalingMessage({ name: 'web-1', from: 1, to: 3 }, minor)).toBe(text)
})
