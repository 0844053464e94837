import type { Pod, PodSpec } from 'kubernetes-types/core/v1'
import { FalkirkError } from '../../../core/falkirk-error.ts'
import { podRequests } from '../../../core/scheduling/pod-requests.ts'
import { ResourceSum, type Resources, resourcesOf } from '../../../core/scheduling/resources.ts'
import type { GeneratedNode } from './node-objects.ts'

/** The share of a node that is given away, so that a drained node's pods find room elsewhere. */
const filled = 0.85

/** Which node takes the next pod: those of a list in turn, as long as they have room. */
export class NodeRoom {
  readonly #used = new Map<string, { readonly sum: ResourceSum; pods: number }>()
  readonly #turns = new Map<readonly GeneratedNode[], number>()
  readonly #requests = new WeakMap<PodSpec, Resources>()
  readonly #limits = new Map<string, Resources>()

  /** Books the pod on the next node that has room for it. Throws `FalkirkError` FK_BAD_SETTING when none has. */
  next(nodes: readonly GeneratedNode[], spec: PodSpec): GeneratedNode {
    const requests = this.#requestsOf(spec)
    const turn = this.#turns.get(nodes) ?? 0
    for (let tries = 0; tries < nodes.length; tries += 1) {
      const node = nodes[(turn + tries) % nodes.length]
      if (node === undefined || !this.#fits(node, requests)) continue
      this.#turns.set(nodes, turn + tries + 1)
      this.book(node, spec)
      return node
    }
    throw new FalkirkError('FK_BAD_SETTING', 'the pods do not fit on the nodes: ask for fewer pods or more nodes')
  }

  /** How many pods a node has. */
  podsOn(node: GeneratedNode): number {
    return this.#used.get(node.machine.name)?.pods ?? 0
  }

  /** A pod that has to be on this node, whether there is room or not. */
  book(node: GeneratedNode, spec: PodSpec): void {
    const used = this.#usedOf(node)
    used.sum.add(this.#requestsOf(spec))
    used.pods += 1
  }

  #fits(node: GeneratedNode, requests: Resources): boolean {
    const { sum, pods } = this.#usedOf(node)
    const limits = this.#limitsOf(node)
    const cpu = sum.milliCpu + requests.milliCpu <= limits.milliCpu * filled
    return cpu && sum.memory + requests.memory <= limits.memory * filled && pods < 108
  }

  /** Pods of one owner share their spec. */
  #requestsOf(spec: PodSpec): Resources {
    const requests = this.#requests.get(spec) ?? podRequests({ spec } as Pod)
    this.#requests.set(spec, requests)
    return requests
  }

  #usedOf({ machine }: GeneratedNode) {
    const known = this.#used.get(machine.name)
    if (known !== undefined) return known
    const used = { sum: new ResourceSum(), pods: 0 }
    this.#used.set(machine.name, used)
    return used
  }

  #limitsOf({ machine }: GeneratedNode) {
    const limits = this.#limits.get(machine.name) ?? resourcesOf(machine.allocatable)
    this.#limits.set(machine.name, limits)
    return limits
  }
}
