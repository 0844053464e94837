import type { ObjectCache } from '../../cluster/object-cache.ts'
import type { NodeFacts } from '../../core/kubernetes/node-facts.ts'

/** A journal has changed since the decision that wants to write it: what it would write is out of date. The next decision knows better. */
export class JournalChanged extends Error {
  constructor(node: string) {
    super(`the journal of Node ${node} has changed since this was decided`)
    this.name = 'JournalChanged'
  }
}

/**
 * A node's journal is one annotation with the entries of all Plans, and two of them can be decided on at the same time. Writes of one
 * journal wait for one another, and one that was decided on what is no longer there is not sent: it would take another Plan's entry away.
 */
export class JournalWrites {
  readonly #nodes: Pick<ObjectCache<NodeFacts>, 'get'>
  readonly #last = new Map<string, Promise<unknown>>()

  constructor(nodes: Pick<ObjectCache<NodeFacts>, 'get'>) {
    this.#nodes = nodes
  }

  /** Runs `send`, which is to put the answer into the cache; `seen` is the journal that was decided on. Throws `JournalChanged`. */
  async write(node: string, seen: string | undefined, send: () => Promise<void>): Promise<void> {
    const before = this.#last.get(node)
    const sent = (async () => {
      // whether it went well is its sender's concern
      await before?.catch(() => {})
      if (this.#nodes.get(node)?.journal !== seen) throw new JournalChanged(node)
      await send()
    })()
    this.#last.set(node, sent)
    try {
      await sent
    } finally {
      if (this.#last.get(node) === sent) this.#last.delete(node)
    }
  }
}
