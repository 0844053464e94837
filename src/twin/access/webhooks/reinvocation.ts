/**
 * Which mutating webhooks are asked a second time, because the object has changed since they saw it.
 * Source: Kubernetes, Dynamic Admission Control, reinvocation policy.
 */
export class Reinvocation {
  #seen = new Set<string>()
  readonly #due = new Set<string>()
  #changed = false

  /** Whether a webhook has changed the object. */
  get changed(): boolean {
    return this.#changed
  }

  /** A webhook that wants to be asked again has been asked. */
  asked(key: string): void {
    this.#seen.add(key)
  }

  /** The object is another: who has been asked before is asked again. */
  objectChanged(by: 'Webhook' | 'Plugin'): void {
    if (by === 'Webhook') this.#changed = true
    for (const key of this.#seen) this.#due.add(key)
    this.#seen = new Set()
  }

  isDue(key: string): boolean {
    return this.#due.has(key)
  }
}
