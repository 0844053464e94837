import type { Change } from './object-store.ts'

/** The last changes of each resource, so that a watch can go on where it stopped. */
export class ChangeHistory {
  readonly #limit: number
  readonly #startVersion: number
  readonly #byResource = new Map<string, { changes: Change[]; droppedVersion: number }>()

  /** `limit`: changes kept for each resource, at least. `startVersion`: nothing is known of what was before it. */
  constructor(limit: number, startVersion: number) {
    this.#limit = limit
    this.#startVersion = startVersion
  }

  add(change: Change): void {
    let history = this.#byResource.get(change.resource)
    if (history === undefined) {
      history = { changes: [], droppedVersion: this.#startVersion }
      this.#byResource.set(change.resource, history)
    }
    history.changes.push(change)
    // Half as many again are let in, so that making room costs little for each change.
    if (history.changes.length > this.#limit * 1.5) {
      const dropped = history.changes.splice(0, history.changes.length - this.#limit)
      history.droppedVersion = dropped.at(-1)?.resourceVersion ?? history.droppedVersion
    }
  }

  since(resource: string, version: number): readonly Change[] | 'Expired' {
    if (version < this.#startVersion) return 'Expired'
    const history = this.#byResource.get(resource)
    if (history === undefined) return []
    if (version < history.droppedVersion) return 'Expired'
    return history.changes.slice(firstAfter(history.changes, version))
  }
}

function firstAfter(changes: readonly Change[], version: number): number {
  let [low, high] = [0, changes.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((changes[middle]?.resourceVersion ?? 0) <= version) low = middle + 1
    else high = middle
  }
  return low
}
