/** Told when the API server goes away, and when it is back. */
export type OutageListener = (state: 'Away' | 'Back') => void

/** Whether the components of a cluster reach its API server. Several may keep it away at once; it is back when the last lets go. */
export class ApiOutage {
  readonly #listeners = new Set<OutageListener>()
  #causes = 0

  get isAway(): boolean {
    return this.#causes > 0
  }

  /** Keeps the API server away until the returned function is called; calling it again changes nothing. */
  begin(): () => void {
    this.#causes += 1
    if (this.#causes === 1) this.#tell('Away')
    let over = false
    return () => {
      if (over) return
      over = true
      this.#causes -= 1
      if (this.#causes === 0) this.#tell('Back')
    }
  }

  /** The returned function ends it. */
  subscribe(listener: OutageListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(state: 'Away' | 'Back'): void {
    for (const listener of this.#listeners) listener(state)
  }
}
