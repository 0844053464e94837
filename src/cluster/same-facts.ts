/**
 * Structural equality of trimmed facts: plain objects, arrays and primitives (no Map, Set, Date).
 * The top-level `resourceVersion` does not count: it changes with every heartbeat.
 */
export function sameFacts(a: object, b: object): boolean {
  return sameRecord(a as Facts, b as Facts, 'resourceVersion')
}

type Facts = Readonly<Record<string, unknown>>

function sameRecord(a: Facts, b: Facts, except?: string): boolean {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => key === except || (Object.hasOwn(b, key) && same(a[key], b[key])))
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  return sameRecord(a as Facts, b as Facts)
}
