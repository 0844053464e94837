/** Something that happens once, and that others may wait for. Nobody has to: a milestone that is missed is no unhandled rejection. */
export class Milestone {
  readonly promise: Promise<void>
  #resolve = () => {}
  #reject = (_reason: Error) => {}
  #isReached = false

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.promise.catch(() => {})
  }

  get isReached(): boolean {
    return this.#isReached
  }

  reach(): void {
    this.#isReached = true
    this.#resolve()
  }

  /** It will not be reached any more; without effect when it was. */
  miss(reason: Error): void {
    this.#reject(reason)
  }
}
