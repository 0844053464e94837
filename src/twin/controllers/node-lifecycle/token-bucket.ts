/** Lets something happen so many times a second, one at a time: a bucket that holds one token. Times are epoch ms. */
export class TokenBucket {
  readonly #perSecond: number
  #nextAtMs: number

  /** `nextAtMs`: when the first token is there. */
  constructor(perSecond: number, nextAtMs: number) {
    this.#perSecond = perSecond
    this.#nextAtMs = nextAtMs
  }

  get perSecond(): number {
    return this.#perSecond
  }

  /** When the next token is there; never with a rate of 0. */
  get nextAtMs(): number {
    return this.#perSecond === 0 ? Number.POSITIVE_INFINITY : this.#nextAtMs
  }

  /** Takes the token if it is there. */
  take(nowMs: number): boolean {
    if (nowMs < this.nextAtMs) return false
    this.#nextAtMs = nowMs + 1_000 / this.#perSecond
    return true
  }

  /** At another rate: a token that is there stays, one that is not has to be waited for anew. */
  withRate(perSecond: number, nowMs: number): TokenBucket {
    const isThere = nowMs >= this.nextAtMs
    return new TokenBucket(perSecond, isThere || perSecond === 0 ? nowMs : nowMs + 1_000 / perSecond)
  }
}
