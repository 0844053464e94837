/** A time as most fields have it (metav1.Time): RFC 3339 in UTC, whole seconds, rounded down. `nowMs` is in epoch milliseconds. */
export function apiTime(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`
}

/** A time as leases and `eventTime` have it (metav1.MicroTime): RFC 3339 in UTC with six digits after the second. */
export function microTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace('Z', '000Z')
}
