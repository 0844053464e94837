/** Values by key, of which the oldest are forgotten. They go half at a time: a Map from whose front much has been taken is slow to say what is first. */
export class Remembered<Value> {
  readonly #atOnce: number
  #recent = new Map<string, Value>()
  #before: ReadonlyMap<string, Value> = new Map()

  /** `most` are remembered at most, half of them at least. */
  constructor(most: number) {
    this.#atOnce = most / 2
  }

  get(key: string): Value | undefined {
    return this.#recent.get(key) ?? this.#before.get(key)
  }

  set(key: string, value: Value): void {
    this.#recent.set(key, value)
    if (this.#recent.size < this.#atOnce) return
    this.#before = this.#recent
    this.#recent = new Map()
  }
}
