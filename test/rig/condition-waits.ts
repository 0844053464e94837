/** Those who wait until something that is watched holds; it is looked at after each change. */
export class ConditionWaits {
  readonly #looks = new Set<() => void>()

  /** To be called when something has changed. */
  changed(): void {
    for (const look of this.#looks) look()
  }

  /** Resolves when `holds` is true, at once when it is already; throws with `what` after `timeoutMs`. */
  until(what: () => string, holds: () => boolean, timeoutMs: number): Promise<void> {
    if (holds()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        this.#looks.delete(look)
      }
      const look = () => {
        if (!holds()) return
        end()
        resolve()
      }
      const timer = setTimeout(() => {
        end()
        reject(new Error(`not seen within ${timeoutMs / 1000} s: ${what()}`))
      }, timeoutMs)
      this.#looks.add(look)
    })
  }
}
