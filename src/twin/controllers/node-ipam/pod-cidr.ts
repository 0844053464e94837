/** An IPv4 range cut into equal ranges for nodes: `10.244.0.0/16` into /24s. */
export class PodCidrRanges {
  readonly #base: number
  readonly #nodeBits: number
  readonly #count: number

  /** Throws `RangeError` when `cluster` is no IPv4 range or smaller than a node's. `nodeMask` is the prefix length of a node's range. */
  constructor(cluster: string, nodeMask: number) {
    const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cluster)
    const parts = (match ?? []).slice(1).map(Number)
    const [a = 0, b = 0, c = 0, d = 0, mask = 33] = parts
    if (parts.slice(0, 4).some((part) => part > 255) || mask > nodeMask || nodeMask > 32) {
      throw new RangeError(`${cluster} cannot be cut into ranges of /${nodeMask}`)
    }
    this.#nodeBits = nodeMask
    this.#count = 2 ** (nodeMask - mask)
    this.#base = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / 2 ** (32 - mask)) * 2 ** (32 - mask)
  }

  /** The first range that nobody has; `undefined` when all are taken. Looks from `from` on, so that handing out many costs little. */
  firstFree(isTaken: (range: string) => boolean, from = 0): { readonly range: string; readonly next: number } | undefined {
    for (let i = 0; i < this.#count; i += 1) {
      const position = (from + i) % this.#count
      const range = this.#rangeAt(position)
      if (!isTaken(range)) return { range, next: (position + 1) % this.#count }
    }
    return undefined
  }

  #rangeAt(position: number): string {
    const address = this.#base + position * 2 ** (32 - this.#nodeBits)
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256)
    return `${octets.join('.')}/${this.#nodeBits}`
  }
}
