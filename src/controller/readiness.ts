/** What keeps the controller from being ready, for /readyz and whoever reads it. */
export class Readiness {
  #connection: string | undefined = 'the API server has not answered yet'
  #isSynced: () => boolean = () => false
  readonly #watches = new Map<string, string>()

  /** Why there is no connection; `undefined`: there is one. */
  connection(problem: string | undefined): void {
    this.#connection = problem
  }

  /** Why a collection cannot be watched; `undefined`: it can. */
  watch(plural: string, problem: string | undefined): void {
    if (problem === undefined) this.#watches.delete(plural)
    else this.#watches.set(plural, problem)
  }

  caches(isSynced: () => boolean): void {
    this.#isSynced = isSynced
  }

  /** One sentence, or `undefined` when all that is needed is there. */
  reason(): string | undefined {
    if (this.#connection !== undefined) return `cannot start yet: ${this.#connection}`
    if (this.#isSynced()) return undefined
    const problems = [...this.#watches.values()]
    return problems.length === 0 ? 'caches are not filled yet' : `caches are not filled yet: ${problems.join('; ')}`
  }
}
