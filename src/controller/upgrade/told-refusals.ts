import { isConflict } from '../../cluster/api-error.ts'

/**
 * What the API server answered to the last action for each node, as far as somebody should hear of it. That an object has changed meanwhile is told only when it comes
 * twice in a row: kubelets and others write to Nodes all the time, and the next try is on its way.
 */
export class ToldRefusals {
  readonly #told = new Map<string, string>()
  readonly #changed = new Set<string>()

  /** By node name: the sentences. */
  get told(): ReadonlyMap<string, string> {
    return this.#told
  }

  refused(node: string, error: unknown): void {
    if (isConflict(error) && !this.#changed.has(node)) this.#changed.add(node)
    else this.#told.set(node, error instanceof Error ? error.message : String(error))
  }

  carriedOut(node: string): void {
    this.#told.delete(node)
    this.#changed.delete(node)
  }
}
