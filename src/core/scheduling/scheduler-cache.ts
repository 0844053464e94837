import type { Node } from 'kubernetes-types/core/v1.js'
import { zoneOf } from '../kubernetes/node-zone.ts'
import type { StringMap } from '../kubernetes/object-meta.ts'
import type { LabelledPod } from './affinity-term.ts'
import type { NodeCounts } from './node-counts.ts'
import { NodeInfo } from './node-info.ts'
import { interleavedByZone } from './node-order.ts'
import type { PodInfo } from './pod-info.ts'
import { type CarriedTerm, type PodMatcher, PodTallies } from './pod-tallies.ts'

const noLabels: StringMap = {}
const nobody: readonly PodInfo[] = []

/**
 * Nodes, the pods on them and everything counted about both, kept up to date with every change, so that one more pod costs little
 * however many there are. Holds what it is told; decides nothing. Pods that have ended are not to be added.
 */
export class SchedulerCache {
  readonly #nodes = new Map<string, NodeInfo>()
  readonly #pods = new Map<string, PodInfo>()
  readonly #podsByNamespace = new Map<string, Map<string, PodInfo>>()
  readonly #namespaces = new Map<string, StringMap>()
  readonly #claimUsers = new Map<string, number>()
  readonly #imageNodes = new Map<string, number>()
  readonly #nominated = new Map<string, PodInfo>()
  readonly #tallies: PodTallies
  #registered: readonly NodeInfo[] | undefined
  #topologyVersion = 0

  constructor() {
    const self = this
    const nodeLabels = {
      get topologyVersion() {
        return self.#topologyVersion
      },
      labelsOf: (nodeName: string) => {
        const info = self.#nodes.get(nodeName)
        return info?.node === undefined ? undefined : info.labels
      },
    }
    this.#tallies = new PodTallies(nodeLabels, (namespaces) => this.#podsIn(namespaces))
  }

  /** Registered nodes, in the order in which they are tried. */
  nodes(): readonly NodeInfo[] {
    this.#registered ??= interleavedByZone([...this.#nodes.values()].filter(({ node }) => node !== undefined))
    return this.#registered
  }

  node(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name)
    return info?.node === undefined ? undefined : info
  }

  /** Changes whenever a node comes, goes or changes its labels. */
  get topologyVersion(): number {
    return this.#topologyVersion
  }

  setNode(node: Node): void {
    const info = this.#nodeInfo(node.metadata?.name ?? '')
    const { labels, node: known } = info
    this.#countImages(info, -1)
    info.setNode(node)
    this.#countImages(info, 1)
    if (known !== undefined && sameLabels(labels, info.labels)) return
    this.#topologyVersion += 1
    if (known === undefined || zoneOf(labels) !== zoneOf(info.labels)) this.#registered = undefined
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name)
    if (info === undefined) return
    this.#countImages(info, -1)
    info.setNode(undefined)
    if (info.pods.size === 0) this.#nodes.delete(name)
    this.#topologyVersion += 1
    this.#registered = undefined
  }

  pod(uid: string): PodInfo | undefined {
    return this.#pods.get(uid)
  }

  /** Puts a pod on `pod.nodeName`, in place of what was known of it. */
  addPod(pod: PodInfo): void {
    this.removePod(pod.uid)
    this.#pods.set(pod.uid, pod)
    const neighbours = this.#podsByNamespace.get(pod.namespace)
    if (neighbours === undefined) this.#podsByNamespace.set(pod.namespace, new Map([[pod.uid, pod]]))
    else neighbours.set(pod.uid, pod)
    this.#nodeInfo(pod.nodeName).addPod(pod)
    this.#count(pod, 1)
  }

  /** A new version of a pod that changes nothing of what is counted: its status, mostly. */
  renewPod(pod: PodInfo): void {
    const known = this.#pods.get(pod.uid)
    if (known === undefined || known.nodeName !== pod.nodeName) return
    this.#pods.set(pod.uid, pod)
    this.#podsByNamespace.get(pod.namespace)?.set(pod.uid, pod)
    this.#nodeInfo(pod.nodeName).pods.set(pod.uid, pod)
  }

  removePod(uid: string): PodInfo | undefined {
    const pod = this.#pods.get(uid)
    if (pod === undefined) return undefined
    this.#pods.delete(uid)
    const neighbours = this.#podsByNamespace.get(pod.namespace)
    neighbours?.delete(uid)
    if (neighbours?.size === 0) this.#podsByNamespace.delete(pod.namespace)
    const info = this.#nodeInfo(pod.nodeName)
    info.removePod(pod)
    if (info.node === undefined && info.pods.size === 0) this.#nodes.delete(info.name)
    this.#count(pod, -1)
    return pod
  }

  setNamespace(name: string, labels: StringMap | undefined): void {
    const known = this.namespaceLabels(name)
    if (labels === undefined) this.#namespaces.delete(name)
    else this.#namespaces.set(name, labels)
    if (!sameLabels(known, labels ?? noLabels)) this.#tallies.forgetNamespaceChoices()
  }

  namespaceLabels(name: string): StringMap {
    return this.#namespaces.get(name) ?? noLabels
  }

  /** A pod is meant for `pod.nodeName`, where victims have to go first. */
  nominate(pod: PodInfo): void {
    this.#nominated.set(pod.uid, pod)
  }

  endNomination(uid: string): void {
    this.#nominated.delete(uid)
  }

  nomination(uid: string): PodInfo | undefined {
    return this.#nominated.get(uid)
  }

  nominatedFor(nodeName: string): readonly PodInfo[] {
    if (this.#nominated.size === 0) return nobody
    return [...this.#nominated.values()].filter((pod) => pod.nodeName === nodeName)
  }

  /** How many pods on nodes use a claim (`namespace/name`). */
  claimUsers(claim: string): number {
    return this.#claimUsers.get(claim) ?? 0
  }

  /** How many nodes hold an image. */
  imageNodes(name: string): number {
    return this.#imageNodes.get(name) ?? 0
  }

  /** Counts of the pods on nodes that match. */
  podsMatching(matcher: PodMatcher): NodeCounts {
    return this.#tallies.matching(matcher)
  }

  /** Terms of pods on nodes that can be about a pod; whether they are is to be asked of each. */
  termsAbout(pod: LabelledPod): readonly CarriedTerm[] {
    return this.#tallies.carriedAbout(pod)
  }

  #nodeInfo(name: string): NodeInfo {
    const known = this.#nodes.get(name)
    if (known !== undefined) return known
    const info = new NodeInfo(name)
    this.#nodes.set(name, info)
    return info
  }

  #count(pod: PodInfo, change: 1 | -1): void {
    this.#tallies.change(pod, change)
    for (const { claimName } of pod.claims) add(this.#claimUsers, `${pod.namespace}/${claimName}`, change)
  }

  #countImages(info: NodeInfo, change: 1 | -1): void {
    if (info.node === undefined) return
    for (const name of info.images.keys()) add(this.#imageNodes, name, change)
  }

  *#podsIn(namespaces: ReadonlySet<string> | 'Any'): Iterable<PodInfo> {
    if (namespaces === 'Any') yield* this.#pods.values()
    else for (const namespace of namespaces) yield* this.#podsByNamespace.get(namespace)?.values() ?? []
  }
}

function add(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}

function sameLabels(a: StringMap, b: StringMap): boolean {
  if (a === b) return true
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
