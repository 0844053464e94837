/**
 * The text by which a value of a Plan takes part in its hash: of a list only the first element, a map as Go prints it, nothing for
 * `null`, white space around it removed. That further elements of a list do not count is what a running system-upgrade-controller does;
 * to count them would change the hash, and so upgrade every node again.
 *
 * Source: system-upgrade-controller v0.20, annotation `upgrade.cattle.io/digest`.
 */
export function digestText(value: unknown): string {
  const single = Array.isArray(value) ? (value[0] as unknown) : value
  return single === undefined || single === null ? '' : goText(single).trim()
}

/** A value as Go's `%v` prints it. */
function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[${entries.map(([k, v]) => `${k}:${goText(v)}`).join(' ')}]`
}
