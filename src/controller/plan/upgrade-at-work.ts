/** Which ClusterUpgrade is at work, for those who have to wait for it. Nobody is told of the same one twice. */
export class UpgradeAtWork {
  #name: string | undefined
  readonly #handlers = new Set<() => void>()

  /** Undefined: none, or their API is not there. */
  get name(): string | undefined {
    return this.#name
  }

  change(name: string | undefined): void {
    if (name === this.#name) return
    this.#name = name
    for (const handler of this.#handlers) handler()
  }

  /** Calls `handler` at every change from now on; the returned function takes it back. */
  onChange(handler: () => void): () => void {
    this.#handlers.add(handler)
    return () => this.#handlers.delete(handler)
  }
}
