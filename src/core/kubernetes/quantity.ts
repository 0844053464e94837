/** An amount of a resource: exact in billionths, and how its text was written. Source: Kubernetes API reference, Quantity. */
export interface Quantity {
  /** In billionths (10⁻⁹); what is finer was rounded away from zero. */
  readonly nano: bigint
  readonly notation: 'Decimal' | 'Binary' | 'Exponent'
}

const syntax = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(n|u|m|k|[KMGTPE]i|[MGTPE]|[eE][+-]?\d{1,4})?$/
const nanoDigits = 9

/** What has more digits and does not fit into 64 bits is taken as the largest number that does. Source: Kubernetes, apimachinery resource.ParseQuantity. */
const mostUncappedDigits = 18
const mostNano = (2n ** 63n - 1n) * 10n ** BigInt(nanoDigits)

/** Powers of ten of the decimal suffixes. */
const decimalPowers: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

/** Powers of two of the binary suffixes. */
const binaryPowers: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }

/** A quantity as it is written: `digits` × 10^`power` × 2^`binary`. */
interface Written {
  readonly negative: boolean
  readonly digits: string
  readonly power: number
  readonly binary: number
  readonly suffix: string
}

/** Reads `500m`, `1Gi`, `1e3`, `0.5`, or a plain number; `undefined` when it is none. */
export function parseQuantity(text: unknown): Quantity | undefined {
  const written = readQuantity(text)
  if (written === undefined) return undefined
  const exact = timesPowerOfTen(written, nanoDigits)
  const magnitude = written.digits.length > mostUncappedDigits && exact > mostNano ? mostNano : exact
  return { nano: written.negative ? -magnitude : magnitude, notation: notationOf(written.suffix) }
}

/** A quantity as a whole number, rounded up as the scheduler does; 0 for what cannot be read. Exact up to 2^53. Source: Kubernetes API reference, Quantity. */
export function quantityValue(text: string | number | undefined): number {
  return scaledQuantity(text, 0)
}

/** A quantity in thousandths, rounded up: millicores of a CPU. 0 for what cannot be read. Source: Kubernetes API reference, Quantity. */
export function quantityMilliValue(text: string | number | undefined): number {
  return scaledQuantity(text, 3)
}

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  if (a.nano === b.nano) return 0
  return a.nano < b.nano ? -1 : 1
}

/** The sum, in the notation of the first that is not zero. Source: Kubernetes, resource.Quantity Add. */
export function addQuantities(a: Quantity | undefined, b: Quantity): Quantity {
  return a === undefined ? b : { nano: a.nano + b.nano, notation: a.nano === 0n ? b.notation : a.notation }
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

/** Read before: a cluster writes the same few amounts over and over. Texts longer than `longestKnown` are not kept. */
const known = new Map<string, Written>()
const mostKnown = 1_000
const longestKnown = 20

function readQuantity(value: unknown): Written | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value)
  const before = known.get(text)
  if (before !== undefined) return before
  const written = readText(text)
  if (written === undefined || text.length > longestKnown) return written
  if (known.size >= mostKnown) known.clear()
  known.set(text, written)
  return written
}

function readText(text: string): Written | undefined {
  const match = syntax.exec(text.trim())
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', suffix = ''] = match
  const binary = binaryPowers[suffix] ?? 0
  const power = decimalPowers[suffix] ?? (binary > 0 ? 0 : Number(suffix.slice(1)))
  return { negative: sign === '-', ...significant(whole + fraction, power - fraction.length), binary, suffix }
}

/** What comes after the sixtieth digit only says that there is more, so that a million of them cost nothing. */
function significant(digits: string, power: number): Pick<Written, 'digits' | 'power'> {
  if (digits.length <= 60) return { digits, power }
  const trimmed = digits.replace(/^0+(?=\d)/, '')
  const kept = trimmed.slice(0, 60)
  return trimmed === kept ? { digits: kept, power } : { digits: `${kept}1`, power: power + trimmed.length - 61 }
}

function scaledQuantity(text: string | number | undefined, powerOfTen: number): number {
  const written = readQuantity(text)
  if (written === undefined) return 0
  const size = scaledUp(written, powerOfTen)
  return written.negative && size !== 0 ? -size : size
}

/** Up to 2^53 a quotient in floating point is nearer to the true one than that is to any other whole number. */
function scaledUp(written: Written, powerOfTen: number): number {
  const mantissa = Number(written.digits) * 2 ** written.binary
  if (mantissa > Number.MAX_SAFE_INTEGER) return Number(timesPowerOfTen(written, powerOfTen))
  const power = powerOfTen + written.power
  return power >= 0 ? mantissa * 10 ** power : Math.ceil(mantissa / 10 ** -power)
}

function timesPowerOfTen({ digits, power, binary }: Written, powerOfTen: number): bigint {
  const value = BigInt(digits) << BigInt(binary)
  const shift = power + powerOfTen
  if (shift >= 0) return value * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return (value + divisor - 1n) / divisor
}

function notationOf(suffix: string): Quantity['notation'] {
  if (suffix in binaryPowers) return 'Binary'
  return suffix in decimalPowers ? 'Decimal' : 'Exponent'
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
