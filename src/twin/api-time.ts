/** Texts of the seconds that were asked for last: a cluster writes the same few over and over. */
const texts = new Map<number, string>()
const mostTexts = 1_000

/** A time as most fields have it (metav1.Time): RFC 3339 in UTC, whole seconds, rounded down. `nowMs` is in epoch milliseconds. */
export function apiTime(nowMs: number): string {
  const second = Math.floor(nowMs / 1000)
  const known = texts.get(second)
  if (known !== undefined) return known
  const text = `${new Date(nowMs).toISOString().slice(0, 19)}Z`
  if (texts.size >= mostTexts) texts.clear()
  texts.set(second, text)
  return text
}

/** A time as leases and `eventTime` have it (metav1.MicroTime): RFC 3339 in UTC with six digits after the second. */
export function microTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace('Z', '000Z')
}
