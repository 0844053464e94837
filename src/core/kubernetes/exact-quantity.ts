/** An amount of a resource: exact in billionths, and how its text was written. Source: Kubernetes API reference, Quantity. */
export interface Quantity {
  /** In billionths (10⁻⁹); what is finer was rounded away from zero. */
  readonly nano: bigint
  readonly notation: 'Decimal' | 'Binary' | 'Exponent'
}

const syntax = /^([+-]?)(\d+\.?\d*|\.\d+)(n|u|m|k|[KMGTPE]i|[MGTPE]|[eE][+-]?\d{1,4})?$/
const nanoDigits = 9

const decimalPowers: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const binaryPowers: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }

/** Reads `500m`, `1Gi`, `1e3`, `0.5`, or a plain number; `undefined` when it is none. */
export function parseQuantity(text: unknown): Quantity | undefined {
  if (typeof text !== 'string' && typeof text !== 'number') return undefined
  const [, sign, digits, suffix = ''] = syntax.exec(String(text).trim()) ?? []
  if (digits === undefined) return undefined
  const [whole = '', fraction = ''] = digits.split('.')
  const magnitude = scaled(BigInt(`${whole}${fraction}`), fraction.length, suffix)
  const nano = sign === '-' ? -magnitude : magnitude
  return { nano, notation: notationOf(suffix) }
}

function notationOf(suffix: string): Quantity['notation'] {
  if (suffix in binaryPowers) return 'Binary'
  return suffix in decimalPowers ? 'Decimal' : 'Exponent'
}

function scaled(mantissa: bigint, fractionDigits: number, suffix: string): bigint {
  const binary = BigInt(binaryPowers[suffix] ?? 0)
  const power = decimalPowers[suffix] ?? (binary > 0n ? 0 : Number(suffix.slice(1)))
  const shift = power + nanoDigits - fractionDigits
  const value = mantissa << binary
  if (shift >= 0) return value * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return (value + divisor - 1n) / divisor
}

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  if (a.nano === b.nano) return 0
  return a.nano < b.nano ? -1 : 1
}

/** In the form in which the API server writes it: `500m` for `0.5`, `1Gi` for `1024Mi`, `1k` for `1000`. */
export function quantityText({ nano, notation }: Quantity): string {
  if (nano === 0n) return '0'
  const sign = nano < 0n ? '-' : ''
  const magnitude = nano < 0n ? -nano : nano
  const unit = 10n ** BigInt(nanoDigits)
  // Below 1024, or with a fraction, a binary suffix would lose something.
  if (notation === 'Binary' && magnitude >= 1024n * unit && magnitude % unit === 0n) return sign + binaryText(magnitude / unit)
  return sign + decimalText(magnitude, notation)
}

function binaryText(value: bigint): string {
  let mantissa = value
  let suffix = ''
  for (const candidate of Object.keys(binaryPowers)) {
    if (mantissa % 1024n !== 0n) break
    mantissa /= 1024n
    suffix = candidate
  }
  return `${mantissa}${suffix}`
}

function decimalText(nano: bigint, notation: Quantity['notation']): string {
  let mantissa = nano
  let power = -nanoDigits
  while (mantissa % 1000n === 0n && (power < 18 || notation === 'Exponent')) {
    mantissa /= 1000n
    power += 3
  }
  if (notation === 'Exponent') return power === 0 ? `${mantissa}` : `${mantissa}e${power}`
  const suffix = Object.keys(decimalPowers).find((name) => decimalPowers[name] === power) ?? ''
  return `${mantissa}${suffix}`
}
