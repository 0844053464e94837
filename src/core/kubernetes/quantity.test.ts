import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addQuantities, compareQuantities, parseQuantity, quantityMilliValue, quantityText, quantityValue } from './quantity.ts'

describe('quantityText', () => {
  it.each([
    ['0.5', '500m'],
    [0.5, '500m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1024Mi', '1Gi'],
    ['1536Mi', '1536Mi'],
    ['0.5Gi', '512Mi'],
    ['1Ki', '1Ki'],
    ['0.5Ki', '512'],
    ['1.5', '1500m'],
    ['1000', '1k'],
    ['1500', '1500'],
    ['1000000', '1M'],
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['5e0', '5'],
    ['0', '0'],
    ['0Mi', '0'],
    ['-500m', '-500m'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['100', '100'],
    ['123456789', '123456789'],
    ['.5', '500m'],
    ['1.', '1'],
    ['8Ei', '8Ei'],
    ['99999999999999999999', '9223372036854775807'],
    [`1${'0'.repeat(1_000_000)}e0`, '9223372036854775807'],
    [`0.${'0'.repeat(80)}1`, '1n'],
    [`1.${'0'.repeat(80)}1`, '1000000001n'],
  ])('writes %s as %s', (text, canonical) => {
    expect(quantityText(parseQuantity(text) ?? expect.fail(`${text} is no quantity`))).toBe(canonical)
  })

  it.each(['', 'x', '1x', '1 Gi', '1.2.3', '1GiB', 'm', '--1'])('does not read %j: it is no quantity', (text) => {
    expect(parseQuantity(text)).toBeUndefined()
  })

  it('keeps the amount, and writes what it has written the same way again', () => {
    const suffix = fc.constantFrom('', 'm', 'u', 'n', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-3')
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(999), suffix, (whole, fraction, unit) => {
        const text = `${whole}.${fraction}${unit}`
        const quantity = parseQuantity(text) ?? expect.fail(text)
        const written = quantityText(quantity)
        const read = parseQuantity(written) ?? expect.fail(written)
        expect(compareQuantities(read, quantity)).toBe(0)
        expect(quantityText(read)).toBe(written)
      }),
    )
  })
})

describe('compareQuantities', () => {
  it.each([
    ['1', '1000m', 0],
    ['1Gi', '1G', 1],
    ['100m', '1', -1],
    ['-1', '0', -1],
  ])('%s against %s is %i', (a, b, order) => {
    const [left, right] = [parseQuantity(a), parseQuantity(b)]
    expect(left && right && compareQuantities(left, right)).toBe(order)
  })
})

describe('quantityValue', () => {
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
    { text: '900719925474099.300000001', value: 900_719_925_474_100, milli: Number(900_719_925_474_099_301n) },
    { text: '100.000000000000000000001Gi', value: 107_374_182_401, milli: 107_374_182_400_001 },
    { text: 'much', value: 0, milli: 0 },
    { text: '', value: 0, milli: 0 },
    { text: undefined, value: 0, milli: 0 },
  ])('$text is $value, in thousandths $milli', ({ text, value, milli }) => {
    expect(quantityValue(text)).toBe(value)
    expect(quantityMilliValue(text)).toBe(milli)
  })

  it('agrees with the exact amount, rounded up', () => {
    const suffix = fc.constantFrom('', 'm', 'u', 'n', 'k', 'M', 'Ki', 'Mi', 'Gi', 'e3', 'e-3')
    fc.assert(
      fc.property(fc.nat(8_000_000_000), fc.nat(999_999), suffix, (whole, fraction, unit) => {
        const text = `${whole}.${fraction}${unit}`
        const { nano } = parseQuantity(text) ?? expect.fail(text)
        expect(quantityValue(text)).toBe(Number((nano + 999_999_999n) / 1_000_000_000n))
        expect(quantityMilliValue(text)).toBe(Number((nano + 999_999n) / 1_000_000n))
      }),
    )
  })
})

describe('addQuantities', () => {
  it.each([
    { a: undefined, b: '1Gi', sum: '1Gi' },
    { a: '1Gi', b: '1024Mi', sum: '2Gi' },
    { a: '1Gi', b: '1000', sum: '1073742824' },
    { a: '0', b: '2Gi', sum: '2Gi' },
    { a: '2Gi', b: '0', sum: '2Gi' },
    { a: '500m', b: '500m', sum: '1' },
  ])('$a and $b are $sum', ({ a, b, sum }) => {
    const other = parseQuantity(b)
    if (other === undefined) throw new Error(`${b} is no quantity`)
    expect(quantityText(addQuantities(parseQuantity(a), other))).toBe(sum)
  })
})
