import { type Ipv4Range, ipv4Text, parseIpv4Range, podAddressIn, podRoomOf } from '../pod-network.ts'

const ownRoom = 254

/**
 * The addresses of the pods of one node: out of the range that the node has been given, or, of a node without one, `10.a.b.1` to `10.a.b.254`,
 * where a and b are the number of the node, and 10 is the block.
 */
export class PodIps {
  /** The address before the first of its own. */
  readonly #own: number
  readonly #rangeOf: () => string | undefined
  #range: Ipv4Range | undefined
  readonly #byPod = new Map<string, string>()
  readonly #taken = new Set<string>()
  #next = 0

  /** `ordinal` is from 0 to 65,535, `block` a byte; `rangeOf` is asked until it answers, as a range is given once. */
  constructor(ordinal: number, block: number, rangeOf: () => string | undefined = () => undefined) {
    this.#own = ((block * 256 + ((ordinal >> 8) & 255)) * 256 + (ordinal & 255)) * 256
    this.#rangeOf = rangeOf
  }

  /** A free address for a pod, the one after the last that was given; when all are taken they are given twice. */
  take(podUid: string): string {
    this.#range ??= parseIpv4Range(this.#rangeOf() ?? '')
    const range = this.#range
    const room = range === undefined ? ownRoom : podRoomOf(range)
    const address = (at: number) => (range === undefined ? ipv4Text(this.#own + 1 + (at % room)) : podAddressIn(range, at))
    let ip = address(this.#next)
    for (let tries = 1; tries < room && this.#taken.has(ip); tries += 1) {
      this.#next += 1
      ip = address(this.#next)
    }
    this.#next = (this.#next + 1) % room
    this.keep(podUid, ip)
    return ip
  }

  /** A pod that is there has its address already. */
  keep(podUid: string, ip: string): void {
    this.free(podUid)
    this.#byPod.set(podUid, ip)
    this.#taken.add(ip)
  }

  free(podUid: string): void {
    const ip = this.#byPod.get(podUid)
    if (ip === undefined) return
    this.#byPod.delete(podUid)
    this.#taken.delete(ip)
  }
}
