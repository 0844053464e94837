import type { StringMap } from '../core/kubernetes/object-meta.ts'

/**
 * Keeps one copy of strings that many objects share (label values: zones, instance types, versions).
 * Forgets everything when `capacity` distinct strings were seen, so that values that never repeat (host names) cannot pile up.
 */
export class StringInterner {
  readonly #known = new Map<string, string>()
  readonly #capacity: number

  constructor(capacity = 20_000) {
    this.#capacity = capacity
  }

  /** Distinct strings that are known now. */
  get size(): number {
    return this.#known.size
  }

  intern(text: string): string {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    if (this.#known.size >= this.#capacity) this.#known.clear()
    this.#known.set(text, text)
    return text
  }

  internMap(map: StringMap): StringMap {
    const shared: Record<string, string> = {}
    for (const [key, value] of Object.entries(map)) shared[this.intern(key)] = this.intern(value)
    return shared
  }
}
