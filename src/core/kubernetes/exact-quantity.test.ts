import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareQuantities, parseQuantity, quantityText } from './exact-quantity.ts'

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
