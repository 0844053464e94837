import { expect, it } from 'vitest'
import { scaledValue } from './int-or-percent.ts'

it.each([
  { value: 3, total: 10, round: 'Up', is: 3 },
  { value: '25%', total: 10, round: 'Up', is: 3 },
  { value: '25%', total: 10, round: 'Down', is: 2 },
  { value: '0%', total: 10, round: 'Up', is: 0 },
  { value: '100%', total: 7, round: 'Down', is: 7 },
  { value: '29%', total: 100, round: 'Down', is: 29 },
  { value: 'all', total: 7, round: 'Up', is: 0 },
  { value: undefined, total: 7, round: 'Up', is: 0 },
] as const)('$value of $total rounded $round is $is', ({ value, total, round, is }) => {
  expect(scaledValue(value, total, round)).toBe(is)
})
