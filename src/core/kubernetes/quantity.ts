const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3})|(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E))?$/

/** Powers of ten of the decimal suffixes. */
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

/** Powers of two of the binary suffixes. */
const binary: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }

/**
 * A quantity (`500m`, `1.5Gi`, `2e3`) as a whole number, rounded up as the scheduler does; 0 for what cannot be read.
 * Exact up to 2^53. Source: Kubernetes API reference, Quantity.
 */
export function quantityValue(text: string | number | undefined): number {
  return scaledQuantity(text, 0)
}

/** A quantity in thousandths, rounded up: millicores of a CPU. 0 for what cannot be read. Source: Kubernetes API reference, Quantity. */
export function quantityMilliValue(text: string | number | undefined): number {
  return scaledQuantity(text, 3)
}

function scaledQuantity(text: string | number | undefined, powerOfTen: number): number {
  if (text === undefined) return 0
  const match = pattern.exec(String(text))
  if (match === null) return 0
  const [, sign, whole = '', fraction = '', exponent, suffix = ''] = match
  if (whole === '' && fraction === '') return 0
  const mantissa = Number(whole + fraction) * 2 ** (binary[suffix] ?? 0)
  const power = powerOfTen + Number(exponent ?? decimal[suffix] ?? 0) - fraction.length
  const size = power >= 0 ? mantissa * 10 ** power : Math.ceil(mantissa / 10 ** -power)
  return sign === '-' && size !== 0 ? -size : size
}
