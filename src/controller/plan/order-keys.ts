import { orderKey } from '../../core/plan/node-selection.ts'

/** Remembers order keys: a Plan over a thousand nodes would otherwise hash a thousand times whenever a slot is free. */
export class OrderKeys {
  readonly #compute: typeof orderKey
  readonly #keys = new Map<string, string>()
  #context = ''

  constructor(compute: typeof orderKey = orderKey) {
    this.#compute = compute
  }

  /** `orderKey`, computed once for a Plan's hash; the keys of another hash are forgotten. */
  readonly of = (nodeUid: string, planUid: string, hash: string): string => {
    const context = planUid + hash
    if (context !== this.#context) this.#keys.clear()
    this.#context = context
    const known = this.#keys.get(nodeUid)
    if (known !== undefined) return known
    const key = this.#compute(nodeUid, planUid, hash)
    this.#keys.set(nodeUid, key)
    return key
  }
}
