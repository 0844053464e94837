import type { Node } from 'kubernetes-types/core/v1'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { usualNodeMask } from '../../pod-network.ts'
import type { Index } from '../../store/object-index.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { PodCidrRanges } from './pod-cidr.ts'

export interface NodeIpamOptions {
  /** IPv4 range of all pods: `10.42.0.0/16`. */
  readonly clusterCidr: string
  /** Prefix length of a node's part; 24 unless told. */
  readonly nodeMask?: number
}

/** Gives each node a part of the pods' addresses. Source: Kubernetes node IPAM controller, RangeAllocator. */
export class NodeIpamController implements Controller {
  readonly name = 'node-ipam-controller'
  readonly watches = [
    { resource: 'nodes', keysOf: ({ kind, object }: Change) => (kind === 'Deleted' || hasRange(object) ? [] : [object.metadata.name]) },
  ]
  readonly #client: TwinClient
  readonly #ranges: PodCidrRanges
  readonly #byRange: Index
  #next = 0

  constructor(client: TwinClient, { clusterCidr, nodeMask = usualNodeMask }: NodeIpamOptions) {
    this.#client = client
    this.#ranges = new PodCidrRanges(clusterCidr, nodeMask)
    this.#byRange = client.store.index('nodes', rangesOf)
  }

  async reconcile(name: string): Promise<Wake | undefined> {
    const node = this.#client.store.get('nodes', undefined, name)
    if (node === undefined || hasRange(node)) return undefined
    const found = this.#ranges.firstFree((range) => this.#byRange.count(range) > 0, this.#next)
    if (found === undefined) {
      const message = `Node ${name} status is now: CIDRNotAvailable`
      await this.#client.event({ about: node, type: 'Normal', reason: 'CIDRNotAvailable', message, component: 'cidrAllocator' })
      throw new Error(`no range for the pods of node ${name} is left`)
    }
    this.#next = found.next
    const withRange = (current: KubeObject) => {
      if (hasRange(current)) return current
      return { ...current, spec: { ...as<Node>(current).spec, podCIDR: found.range, podCIDRs: [found.range] } }
    }
    await this.#client.change('nodes', { name }, withRange)
    return undefined
  }
}

function hasRange(node: KubeObject): boolean {
  const { podCIDR = '' } = as<Node>(node).spec ?? {}
  return podCIDR !== ''
}

function rangesOf(node: KubeObject): readonly string[] {
  const { podCIDR = '', podCIDRs = [] } = as<Node>(node).spec ?? {}
  return [...new Set([podCIDR, ...podCIDRs])].filter((range) => range !== '')
}
