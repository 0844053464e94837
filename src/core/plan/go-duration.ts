/** Both signs for micro: U+00B5 and U+03BC. */
const nanosecondsByUnit: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['\u00b5s', 1e3],
  ['\u03bcs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
])

const maxInt64 = 2n ** 63n - 1n

/** One number with its unit. Source: documentation of Go's time.ParseDuration. */
const part = /(?:(\d+)(?:\.(\d*))?|\.(\d+))([^\d.]+)/y

/**
 * Reads a Go duration such as `1h30m`, `-1.5s` or `0`.
 *
 * @returns nanoseconds (negative ones included); exact for whole milliseconds over all of the range of ±292 years, and for single
 * nanoseconds up to 104 days. `undefined` when the text is no duration or leaves that range.
 */
export function parseGoDuration(text: string): number | undefined {
  const unsigned = text.replace(/^[+-]/, '')
  if (unsigned === '0') return 0
  const nanoseconds = unsigned === '' ? undefined : sumOfParts(unsigned)
  if (nanoseconds === undefined || nanoseconds > maxInt64) return undefined
  return Number(text.startsWith('-') ? -nanoseconds : nanoseconds)
}

function sumOfParts(text: string): bigint | undefined {
  let sum = 0n
  part.lastIndex = 0
  while (part.lastIndex < text.length) {
    const [, whole = '0', decimals, onlyDecimals, unit = ''] = part.exec(text) ?? []
    const scale = nanosecondsByUnit.get(unit)
    if (scale === undefined) return undefined
    sum += BigInt(whole) * BigInt(scale) + fraction(decimals ?? onlyDecimals ?? '', scale)
  }
  return sum
}

/** Decimals beyond the nanosecond are cut off; floating point as in Go, so that the last digit agrees. */
function fraction(decimals: string, scale: number): bigint {
  const digits = decimals.slice(0, 18)
  return digits === '' ? 0n : BigInt(Math.trunc(Number(digits) * (scale / 10 ** digits.length)))
}

/**
 * Writes whole nanoseconds as Go does: `1h30m0s`, `1.5\u00b5s`, `0s`.
 *
 * Source: documentation of Go's time.Duration.String.
 */
export function formatGoDuration(nanoseconds: number): string {
  const total = BigInt(Math.trunc(nanoseconds))
  const sign = total < 0n ? '-' : ''
  const size = total < 0n ? -total : total
  if (size === 0n) return '0s'
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}\u00b5s`
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`
  const minutes = size / 60_000_000_000n
  const seconds = `${decimal(size % 60_000_000_000n, 9)}s`
  if (minutes === 0n) return `${sign}${seconds}`
  const hours = minutes / 60n
  return hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60n}m${seconds}`
}

/** `value` divided by 10^`places`, without zeros at the end. */
function decimal(value: bigint, places: number): string {
  const unit = 10n ** BigInt(places)
  const decimals = String(value % unit)
    .padStart(places, '0')
    .replace(/0+$/, '')
  return decimals === '' ? `${value / unit}` : `${value / unit}.${decimals}`
}
