/** The values that an object is found by; none, one or several. */
export type IndexValues<T> = (object: T) => string | readonly string[] | undefined

/** Finds the keys of objects by a value that is computed from them. */
export class CacheIndex<T> {
  readonly #keysByValue = new Map<string, Set<string>>()
  readonly #values: IndexValues<T>

  constructor(values: IndexValues<T>) {
    this.#values = values
  }

  /** Moves a key from the values of `previous` to those of `object`; `undefined` where there is none. */
  put(key: string, previous: T | undefined, object: T | undefined): void {
    const before = this.#valuesOf(previous)
    const after = this.#valuesOf(object)
    for (const value of before) if (!after.includes(value)) this.#drop(value, key)
    for (const value of after) this.#file(value, key)
  }

  keys(value: string): string[] {
    return [...(this.#keysByValue.get(value) ?? [])]
  }

  /** The values that objects are found by now. */
  values(): string[] {
    return [...this.#keysByValue.keys()]
  }

  #valuesOf(object: T | undefined): readonly string[] {
    const values = object === undefined ? undefined : this.#values(object)
    return values === undefined ? [] : typeof values === 'string' ? [values] : values
  }

  #file(value: string, key: string): void {
    const keys = this.#keysByValue.get(value)
    if (keys === undefined) this.#keysByValue.set(value, new Set([key]))
    else keys.add(key)
  }

  #drop(value: string, key: string): void {
    const keys = this.#keysByValue.get(value)
    keys?.delete(key)
    if (keys?.size === 0) this.#keysByValue.delete(value)
  }
}
