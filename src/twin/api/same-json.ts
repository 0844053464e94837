/** Whether two JSON values are equal; the order of an object's fields does not count, fields that are `undefined` count as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameArray(a, b)
  return sameFields(a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>)
}

function sameArray(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
}

function sameFields(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  // parsed JSON has no inherited fields
  for (const key in a) {
    const [one, other] = [a[key], b[key]]
    if (one !== other && !sameJson(one, other)) return false
  }
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false
  return true
}
