/** The addresses of the pods of one node: `10.a.b.1` to `10.a.b.254`, where a and b are the number of the node, and 10 is the block. */
export class PodIps {
  readonly #prefix: string
  readonly #used = new Map<string, number>()
  #last = 0

  /** `ordinal` is from 0 to 65,535, `block` a byte. */
  constructor(ordinal: number, block: number) {
    this.#prefix = `${block}.${(ordinal >> 8) & 255}.${ordinal & 255}`
  }

  /** A free address for a pod, the one after the last that was given; after 254 pods at once they are given twice. */
  take(podUid: string): string {
    const taken = new Set(this.#used.values())
    for (let tries = 0; tries < 254; tries += 1) {
      this.#last = (this.#last % 254) + 1
      if (!taken.has(this.#last)) break
    }
    this.#used.set(podUid, this.#last)
    return `${this.#prefix}.${this.#last}`
  }

  free(podUid: string): void {
    this.#used.delete(podUid)
  }
}
