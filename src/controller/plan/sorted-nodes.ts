import type { ObjectCache } from '../../cluster/object-cache.ts'
import type { NodeFacts } from '../../core/kubernetes/node-facts.ts'

/**
 * The nodes of a cache in the order of their names. A node that changes takes its own place again: only nodes that come and go cost a new
 * order. The array is another one after every change, so that a decision keeps what it has seen.
 */
export class SortedNodes {
  readonly #cache: ObjectCache<NodeFacts>
  #nodes: NodeFacts[] | undefined
  #places = new Map<string, number>()
  #seen = false

  constructor(cache: ObjectCache<NodeFacts>) {
    this.#cache = cache
    cache.onChange(({ kind, object }) => {
      if (kind === 'Changed') this.#replace(object)
      else this.#nodes = undefined
    })
  }

  get(): readonly NodeFacts[] {
    if (this.#nodes === undefined) {
      this.#nodes = [...this.#cache.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
      this.#places = new Map(this.#nodes.map((node, place) => [node.name, place] as const))
    }
    this.#seen = true
    return this.#nodes
  }

  #replace(node: NodeFacts): void {
    const place = this.#places.get(node.name)
    if (this.#nodes === undefined || place === undefined) return
    if (this.#seen) this.#nodes = [...this.#nodes]
    this.#seen = false
    this.#nodes[place] = node
  }
}
