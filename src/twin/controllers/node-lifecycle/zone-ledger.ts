import type { Node } from 'kubernetes-types/core/v1'
import { zoneOf } from '../../../core/kubernetes/node-zone.ts'
import { isExcluded } from './excluded-node.ts'
import { readyCondition } from './node-health.ts'
import { evictingTaint } from './node-taints.ts'
import type { ZoneCount } from './zone-state.ts'

interface Entry {
  readonly zone: string
  readonly ready: boolean
  readonly counted: boolean
  readonly untainted: boolean
}

/** Counts the nodes of each zone as they change, and remembers which of them still lack the taint that evicts. */
export class ZoneLedger {
  readonly #minor: number
  readonly #nodes = new Map<string, Entry>()
  readonly #counts = new Map<string, { ready: number; notReady: number }>()
  /** In the order in which they came. */
  readonly #untainted = new Map<string, Set<string>>()

  constructor(minor: number) {
    this.#minor = minor
  }

  /** Whether anything is different from what was known of the node. */
  observe(node: Node): boolean {
    const name = node.metadata?.name ?? ''
    const wanted = evictingTaint(node)
    const tainted = node.spec?.taints?.some(({ key, effect }) => key === wanted && effect === 'NoExecute') === true
    const next: Entry = {
      zone: zoneOf(node.metadata?.labels ?? {}),
      ready: readyCondition(node)?.status === 'True',
      counted: !isExcluded(node, this.#minor),
      untainted: wanted !== undefined && !tainted,
    }
    const known = this.#nodes.get(name)
    if (known !== undefined && isSame(known, next)) return false
    this.forget(name)
    this.#nodes.set(name, next)
    this.#count(next, 1)
    if (next.untainted) this.#untainted.set(next.zone, (this.#untainted.get(next.zone) ?? new Set()).add(name))
    return true
  }

  forget(name: string): void {
    const known = this.#nodes.get(name)
    if (known === undefined) return
    this.#nodes.delete(name)
    this.#count(known, -1)
    this.#untainted.get(known.zone)?.delete(name)
  }

  counts(): ReadonlyMap<string, ZoneCount> {
    return this.#counts
  }

  /** Nodes that wait for their taint. */
  untainted(zone: string): readonly string[] {
    return [...(this.#untainted.get(zone) ?? [])]
  }

  #count({ zone, ready, counted }: Entry, by: number): void {
    if (!counted) return
    const count = this.#counts.get(zone) ?? { ready: 0, notReady: 0 }
    count[ready ? 'ready' : 'notReady'] += by
    if (count.ready + count.notReady > 0) this.#counts.set(zone, count)
    else this.#counts.delete(zone)
  }
}

function isSame(a: Entry, b: Entry): boolean {
  return a.zone === b.zone && a.ready === b.ready && a.counted === b.counted && a.untainted === b.untainted
}
