/**
 * Plans whose status is on its way to the API server with nodes that it enters: until that is answered the cache does not have them, and a
 * ClusterUpgrade has to take them for begun. Whose answer was lost stays here until the Plan is written again.
 */
export class PlansBeginning {
  readonly #plans = new Set<string>()
  readonly #handlers = new Set<() => void>()

  /** `namespace/name` of each. */
  get names(): readonly string[] {
    return [...this.#plans]
  }

  add(plan: string): void {
    this.#plans.add(plan)
  }

  /** It is known by the cache from now on what has become of it. */
  settle(plan: string): void {
    if (!this.#plans.delete(plan)) return
    for (const handler of this.#handlers) handler()
  }

  /** Calls `handler` whenever one has been settled; the returned function takes it back. */
  onSettled(handler: () => void): () => void {
    this.#handlers.add(handler)
    return () => this.#handlers.delete(handler)
  }
}
