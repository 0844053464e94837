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

/** The same for two objects together: what a Service makes of a pod. */
export class PairMemo<A extends object, B extends object, V extends object> {
  readonly #known = new WeakMap<A, WeakMap<B, V>>()

  /** `stillHolds`: asked of what is known when it depends on something else as well. */
  get(a: A, b: B, make: () => V, stillHolds: (value: V) => boolean = () => true): V {
    let ofA = this.#known.get(a)
    if (ofA === undefined) {
      ofA = new WeakMap()
      this.#known.set(a, ofA)
    }
    const known = ofA.get(b)
    if (known !== undefined && stillHolds(known)) return known
    const made = make()
    ofA.set(b, made)
    return made
  }
}
