import { describe, expect, it } from 'vitest'
import { quantityMilliValue, quantityValue } from './quantity.ts'

describe('a quantity', () => {
  it.each([
    { text: '1', value: 1, milli: 1000 },
    { text: '100m', value: 1, milli: 100 },
    { text: '0.1', value: 1, milli: 100 },
    { text: '1.1', value: 2, milli: 1100 },
    { text: '2500m', value: 3, milli: 2500 },
    { text: '1u', value: 1, milli: 1 },
    { text: '1Ki', value: 1024, milli: 1_024_000 },
    { text: '1.5Gi', value: 1_610_612_736, milli: 1_610_612_736_000 },
    { text: '129M', value: 129_000_000, milli: 129_000_000_000 },
    { text: '1E', value: 1e18, milli: 1e21 },
    { text: '1e3', value: 1000, milli: 1_000_000 },
    { text: '12E-1', value: 2, milli: 1200 },
    { text: '-2', value: -2, milli: -2000 },
    { text: '.5', value: 1, milli: 500 },
    { text: 4, value: 4, milli: 4000 },
    { text: 'much', value: 0, milli: 0 },
    { text: '', value: 0, milli: 0 },
    { text: undefined, value: 0, milli: 0 },
  ])('$text is $value, in thousandths $milli', ({ text, value, milli }) => {
    expect(quantityValue(text)).toBe(value)
    expect(quantityMilliValue(text)).toBe(milli)
  })
})
