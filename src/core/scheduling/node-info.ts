import type { Node, Taint } from 'kubernetes-types/core/v1.js'
import type { StringMap } from '../kubernetes/object-meta.ts'
import { quantityValue } from '../kubernetes/quantity.ts'
import type { HostPort, PodInfo } from './pod-info.ts'
import { type ResourceList, ResourceSum, type Resources, resourcesOf } from './resources.ts'

const everyAddress = '0.0.0.0'

/** A node with its pods and what they take. Changed by `SchedulerCache` alone. */
export class NodeInfo {
  readonly name: string
  /** Absent while pods name a node that nobody has registered. */
  node: Node | undefined
  labels: StringMap = {}
  unschedulable = false
  /** Taints that keep pods off: NoSchedule and NoExecute. */
  hardTaints: readonly Taint[] = []
  /** Taints that are only a preference. */
  softTaints: readonly Taint[] = []
  allocatable: Resources = new ResourceSum()
  /** How many pods fit, by `allocatable.pods`. */
  allowedPods = 0
  /** Bytes of each image on the node, by all of its names. */
  images: ReadonlyMap<string, number> = new Map()
  /** By UID. Terminating pods stay until they are gone. */
  readonly pods = new Map<string, PodInfo>()
  readonly requested = new ResourceSum()
  readonly scoredRequested = new ResourceSum()
  readonly #ports = new Map<string, Map<string, number>>()

  constructor(name: string) {
    this.name = name
  }

  setNode(node: Node | undefined): void {
    if (node?.status?.images !== this.node?.status?.images) this.images = imageSizes(node)
    this.node = node
    const taints = node?.spec?.taints ?? []
    this.labels = node?.metadata?.labels ?? {}
    this.unschedulable = node?.spec?.unschedulable === true
    this.hardTaints = taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
    this.softTaints = taints.filter(({ effect }) => effect === 'PreferNoSchedule')
    const allocatable = (node?.status?.allocatable ?? {}) as ResourceList
    this.allocatable = resourcesOf(allocatable)
    this.allowedPods = quantityValue(allocatable.pods)
  }

  addPod(pod: PodInfo): void {
    this.pods.set(pod.uid, pod)
    this.#count(pod, 1)
  }

  removePod(pod: PodInfo): void {
    if (this.pods.delete(pod.uid)) this.#count(pod, -1)
  }

  /** Whether a port is taken, on the same address or on all of them. */
  isTaken({ ip, protocol, port }: HostPort): boolean {
    const addresses = this.#ports.get(`${protocol}/${port}`)
    if (addresses === undefined) return false
    return ip === everyAddress || addresses.has(ip) || addresses.has(everyAddress)
  }

  #count(pod: PodInfo, sign: 1 | -1): void {
    this.requested.add(pod.requests, sign)
    this.scoredRequested.add(pod.scoredRequests, sign)
    for (const port of pod.hostPorts) this.#countPort(port, sign)
  }

  #countPort({ ip, protocol, port }: HostPort, sign: 1 | -1): void {
    const key = `${protocol}/${port}`
    const addresses = this.#ports.get(key) ?? new Map<string, number>()
    this.#ports.set(key, addresses)
    const users = (addresses.get(ip) ?? 0) + sign
    if (users > 0) addresses.set(ip, users)
    else addresses.delete(ip)
    if (addresses.size === 0) this.#ports.delete(key)
  }
}

function imageSizes(node: Node | undefined): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const { names = [], sizeBytes = 0 } of node?.status?.images ?? []) {
    for (const name of names) sizes.set(name, sizeBytes)
  }
  return sizes
}
