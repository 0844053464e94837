/** One state of one object; `facts` is undefined once it is deleted. */
export interface Moment<T> {
  readonly atMs: number
  readonly key: string
  readonly facts: T | undefined
}

/** The most objects that a condition held for at one time, and when that was first so. */
export interface Peak {
  readonly count: number
  readonly atMs: number
  readonly keys: readonly string[]
}

/** All states of the objects of one kind, in the order in which they were seen. */
export class Timeline<T> {
  private readonly moments: Moment<T>[] = []
  private readonly latest = new Map<string, { facts: T; text: string }>()

  /** Notes a state unless it equals the one before; tells whether it was noted. */
  note(atMs: number, key: string, facts: T | undefined): boolean {
    const before = this.latest.get(key)
    if (facts === undefined) {
      if (before === undefined) return false
      this.latest.delete(key)
    } else {
      const text = JSON.stringify(facts)
      if (before?.text === text) return false
      this.latest.set(key, { facts, text })
    }
    this.moments.push({ atMs, key, facts })
    return true
  }

  /** The present states. */
  now(): T[] {
    return [...this.latest.values()].map(({ facts }) => facts)
  }

  get(key: string): T | undefined {
    return this.latest.get(key)?.facts
  }

  /** All states of one object, or of all. */
  history(key?: string): readonly Moment<T>[] {
    return key === undefined ? this.moments : this.moments.filter((moment) => moment.key === key)
  }

  /** Replays the history and finds the most objects for which `holds` was true together. */
  peak(holds: (facts: T) => boolean): Peak {
    const holding = new Set<string>()
    let peak: Peak = { count: 0, atMs: 0, keys: [] }
    for (const { atMs, key, facts } of this.moments) {
      if (facts !== undefined && holds(facts)) holding.add(key)
      else holding.delete(key)
      if (holding.size > peak.count) peak = { count: holding.size, atMs, keys: [...holding] }
    }
    return peak
  }

  /** Keys in the order in which `holds` became true for them, after it had been false or the object new; a key as often as that was so. */
  became(holds: (facts: T) => boolean): { key: string; atMs: number }[] {
    const holding = new Set<string>()
    const found: { key: string; atMs: number }[] = []
    for (const { atMs, key, facts } of this.moments) {
      const now = facts !== undefined && holds(facts)
      if (now && !holding.has(key)) found.push({ key, atMs })
      if (now) holding.add(key)
      else holding.delete(key)
    }
    return found
  }
}
