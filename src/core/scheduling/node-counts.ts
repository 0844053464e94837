import type { StringMap } from '../kubernetes/object-meta.ts'

/** What counting by topology needs of the nodes. */
export interface NodeLabels {
  /** Changes whenever a node comes, goes or changes its labels. */
  readonly topologyVersion: number
  /** Undefined for a node that is not registered. */
  labelsOf(nodeName: string): StringMap | undefined
}

interface Domains {
  topologyVersion: number
  readonly counts: Map<string, number>
}

/** How many pods of some kind are on each node, and by each topology that was ever asked for; kept up to date as pods come and go. */
export class NodeCounts {
  readonly #nodes: NodeLabels
  readonly #byNode = new Map<string, number>()
  readonly #byTopology = new Map<string, Domains>()

  constructor(nodes: NodeLabels) {
    this.#nodes = nodes
  }

  on(nodeName: string): number {
    return this.#byNode.get(nodeName) ?? 0
  }

  /** Nodes with at least one. */
  nodeNames(): Iterable<string> {
    return this.#byNode.keys()
  }

  /** By value of a node label; nodes without the label are left out, and so are domains without a pod. */
  byDomain(topologyKey: string): ReadonlyMap<string, number> {
    const known = this.#byTopology.get(topologyKey)
    if (known !== undefined && known.topologyVersion === this.#nodes.topologyVersion) return known.counts
    const counts = new Map<string, number>()
    for (const [nodeName, count] of this.#byNode) addTo(counts, this.#nodes.labelsOf(nodeName)?.[topologyKey], count)
    this.#byTopology.set(topologyKey, { topologyVersion: this.#nodes.topologyVersion, counts })
    return counts
  }

  add(nodeName: string, change: 1 | -1): void {
    addTo(this.#byNode, nodeName, change)
    if (this.#byTopology.size === 0) return
    const labels = this.#nodes.labelsOf(nodeName)
    for (const [topologyKey, { topologyVersion, counts }] of this.#byTopology) {
      if (topologyVersion === this.#nodes.topologyVersion) addTo(counts, labels?.[topologyKey], change)
    }
  }
}

function addTo(counts: Map<string, number>, key: string | undefined, change: number): void {
  if (key === undefined) return
  const count = (counts.get(key) ?? 0) + change
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}
