/** What was made of one object, kept as long as the object is; stored objects never change. */
export function memoOfObject<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>()
  return (key) => {
    let value = known.get(key)
    if (value === undefined) {
      value = make(key)
      known.set(key, value)
    }
    return value
  }
}

/** What was made of each of several objects for another one, kept from one look to the next: what a Service makes of its pods. */
export class RowMemo<A extends object, B extends object, V> {
  readonly #rows = new WeakMap<A, Row<B, V>>()
  readonly #isBefore: (one: B, other: B) => boolean

  /** `isBefore`: the order in which the objects mostly come. What comes out of order is made anew, and so is what is another version. */
  constructor(isBefore: (one: B, other: B) => boolean) {
    this.#isBefore = isBefore
  }

  /** One value for each of `objects`. `stillHolds`: asked of what is known when it depends on something else as well. */
  get(of: A, objects: readonly B[], { make, stillHolds }: RowMaker<B, V>): readonly V[] {
    const known = this.#rows.get(of)
    const values: V[] = []
    let at = 0
    for (const object of objects) {
      while (known !== undefined && at < known.objects.length && known.objects[at] !== object) {
        if (!this.#isBefore(known.objects[at] as B, object)) break
        at += 1
      }
      const same = known !== undefined && known.objects[at] === object
      const value = same ? (known.values[at] as V) : undefined
      values.push(value !== undefined && stillHolds(value, object) ? value : make(object))
      if (same) at += 1
    }
    this.#rows.set(of, { objects, values })
    return values
  }
}

interface Row<B, V> {
  readonly objects: readonly B[]
  readonly values: readonly V[]
}

export interface RowMaker<B, V> {
  readonly make: (object: B) => V
  readonly stillHolds: (value: V, object: B) => boolean
}
