import type { PodTemplateSpec } from 'kubernetes-types/core/v1'
import type { NodeObject } from '../workload-objects.ts'
import { nodePlacement, type Placement } from './node-placement.ts'

interface Known {
  readonly spec: unknown
  readonly labels: unknown
  readonly placement: Placement
}

/** What DaemonSets want of nodes, worked out anew only for what has changed: a heartbeat leaves labels and taints the very same objects. */
export class PlacementCache {
  readonly #byTemplate = new WeakMap<PodTemplateSpec, { decide: (node: NodeObject) => Placement; known: Map<string, Known> }>()

  of(template: PodTemplateSpec, node: NodeObject): Placement {
    let cached = this.#byTemplate.get(template)
    if (cached === undefined) {
      cached = { decide: nodePlacement(template), known: new Map() }
      this.#byTemplate.set(template, cached)
    }
    const { uid, labels } = node.metadata
    const known = cached.known.get(uid)
    if (known !== undefined && known.spec === node.spec && known.labels === labels) return known.placement
    const placement = cached.decide(node)
    cached.known.set(uid, { spec: node.spec, labels, placement })
    return placement
  }
}
