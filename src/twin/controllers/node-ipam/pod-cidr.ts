import { ipv4Text, parseIpv4Range } from '../../pod-network.ts'

/** An IPv4 range cut into equal ranges for nodes: `10.244.0.0/16` into /24s. */
export class PodCidrRanges {
  readonly #base: number
  readonly #nodeBits: number
  /** How many nodes have room. */
  readonly count: number

  /** Throws `RangeError` when `cluster` is no IPv4 range or smaller than a node's. `nodeMask` is the prefix length of a node's range. */
  constructor(cluster: string, nodeMask: number) {
    const range = parseIpv4Range(cluster)
    if (range === undefined || range.mask > nodeMask || nodeMask > 32) {
      throw new RangeError(`${cluster} cannot be cut into ranges of /${nodeMask}`)
    }
    this.#nodeBits = nodeMask
    this.count = 2 ** (nodeMask - range.mask)
    this.#base = range.base
  }

  /** The first range that nobody has; `undefined` when all are taken. Looks from `from` on, so that handing out many costs little. */
  firstFree(isTaken: (range: string) => boolean, from = 0): { readonly range: string; readonly next: number } | undefined {
    for (let i = 0; i < this.count; i += 1) {
      const position = (from + i) % this.count
      const range = this.at(position)
      if (!isTaken(range)) return { range, next: (position + 1) % this.count }
    }
    return undefined
  }

  /** Positions count from 0. */
  at(position: number): string {
    return `${ipv4Text(this.#base + position * 2 ** (32 - this.#nodeBits))}/${this.#nodeBits}`
  }
}
