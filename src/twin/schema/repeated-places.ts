/** Where the items stand whose key has been there before. Keys are told apart as a Set does. */
export function repeatedPlaces<T>(items: readonly T[], keyOf: (item: T) => unknown): ReadonlySet<number> {
  const seen = new Set<unknown>()
  const repeated = new Set<number>()
  for (const [place, item] of items.entries()) {
    const key = keyOf(item)
    if (seen.has(key)) repeated.add(place)
    else seen.add(key)
  }
  return repeated
}
