/** What is merged by its type instead of being replaced as a whole. */
interface Typed {
  readonly type: string
}

/** Conditions (or addresses) after a write: those that are written take the place of their like, all others stay, in their order. */
export function mergeByType<T extends Typed>(current: readonly T[] | undefined, written: readonly T[] | undefined): T[] | undefined {
  if (written === undefined) return current === undefined ? undefined : [...current]
  const own = new Map(written.map((entry) => [entry.type, entry]))
  const kept = (current ?? []).map((entry) => own.get(entry.type) ?? entry)
  const known = new Set(kept.map(({ type }) => type))
  return [...kept, ...written.filter(({ type }) => !known.has(type))]
}
