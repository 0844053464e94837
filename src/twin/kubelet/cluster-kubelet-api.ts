import type { Node, NodeStatus, Pod, PodStatus } from 'kubernetes-types/core/v1'
import type { ApiClient } from '../../cluster/api-client.ts'
import { isAlreadyExists, isConflict, isNotFound } from '../../cluster/api-error.ts'
import { eventBody } from '../../cluster/event-record.ts'
import type { Log } from '../../cluster/log.ts'
import { type CachedObject, ObjectCache } from '../../cluster/object-cache.ts'
import { startReflector } from '../../cluster/reflector.ts'
import { configMaps, events, leases, nodes, pods, resourcePath, secrets } from '../../cluster/resource.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import { microTime } from '../api-time.ts'
import type { AttachedVolume, KubeletApi, KubeletEvent, PodKey, PodWatcher, Written } from './kubelet-api.ts'

/** A pod as the watch gives it; the whole object, as a kubelet needs its spec. */
interface WatchedPod extends CachedObject {
  readonly pod: Pod
}

export interface ClusterKubeletOptions {
  /** Numbers in [0, 1): spreads what a watch does again. */
  readonly random: () => number
  readonly log: Log
  /** Pods of other nodes are not kept. */
  readonly isOurs: (node: string) => boolean
  /** What becomes of a Node that is there before its kubelet registers it; taken over unless told. A refusal is the server's AlreadyExists. */
  readonly existingNodes?: 'TakeOver' | 'Refuse'
}

const leaseNamespace = 'kube-node-lease'

/** Kubelets of a real kube-apiserver: one list and watch of bound pods for all nodes, patches for what they say. */
export class ClusterKubeletApi implements KubeletApi {
  readonly #client: ApiClient
  readonly #options: ClusterKubeletOptions
  readonly #leased = new Set<string>()
  /** Of the Nodes that have been made here. */
  readonly #uids = new Map<string, string>()

  constructor(client: ApiClient, options: ClusterKubeletOptions) {
    this.#client = client
    this.#options = options
  }

  async watchPods(watcher: PodWatcher): Promise<() => void> {
    const { log, random } = this.#options
    const cache = new ObjectCache<WatchedPod>({ trim: (raw) => this.#trim(raw as Pod), log })
    const end = cache.onChange(({ kind, object }) => (kind === 'Deleted' ? watcher.gone(object.pod) : watcher.seen(object.pod)))
    const { transport, clock, capabilities } = this.#client
    const path = resourcePath(pods)
    const fieldSelector = 'spec.nodeName!='
    const reflector = startReflector({ transport, path, fieldSelector, cache, clock, random, log, bookmarks: capabilities.watchBookmarks })
    await reflector.synced
    return () => {
      end()
      void reflector.stop()
    }
  }

  async getNode(name: string): Promise<Node | undefined> {
    return await this.#client.find<KubeObject & Node>(nodes, { name })
  }

  async createNode(node: Node): Promise<'Created' | 'Exists'> {
    const name = node.metadata?.name ?? ''
    try {
      const { metadata } = await this.#client.create(nodes, node as KubeObject)
      this.#uids.set(name, metadata.uid ?? '')
      return 'Created'
    } catch (error) {
      if (!isAlreadyExists(error) || this.#options.existingNodes === 'Refuse') throw error
      await this.writeNodeStatus(name, node.status ?? {})
      return 'Exists'
    }
  }

  async labelNode(name: string, labels: Readonly<Record<string, string>>): Promise<Written> {
    if (Object.keys(labels).length === 0) return 'Written'
    return await writtenUnlessGone(this.#client.patch(nodes, { name }, { type: 'merge', body: { metadata: { labels } } }))
  }

  async writeNodeStatus(name: string, status: NodeStatus): Promise<Written> {
    return await writtenUnlessGone(this.#client.patchStatus(nodes, { name }, { type: 'strategic', body: { status } }))
  }

  async renewLease(node: string, nowMs: number): Promise<void> {
    const spec = { holderIdentity: node, leaseDurationSeconds: 40, renewTime: microTime(nowMs) }
    const at = { namespace: leaseNamespace, name: node }
    if (this.#leased.has(node)) {
      if ((await writtenUnlessGone(this.#client.patch(leases, at, { type: 'merge', body: { spec } }))) === 'Written') return
    }
    const uid = this.#uids.get(node)
    // with its Node it is collected, also when nobody is here any more to do so. Source: Kubernetes kubelet, SetNodeOwnerFunc
    const ownerReferences = uid === undefined ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node, uid }] }
    const lease = { metadata: { ...at, ...ownerReferences }, spec } as KubeObject
    await this.#client.create(leases, lease).catch(async (error: unknown) => {
      if (!isAlreadyExists(error)) throw error
      await this.#client.patch(leases, at, { type: 'merge', body: { spec } })
    })
    this.#leased.add(node)
  }

  async writePodStatus({ namespace, name, uid }: PodKey, status: PodStatus): Promise<Written> {
    // a pod that has another address now must not keep the old one beside it
    const podIPs = status.podIPs === undefined ? {} : { podIPs: [{ $patch: 'replace' }, ...status.podIPs] }
    // conditions are merged by type: what a new one does not say would stay of the old one
    const conditions = status.conditions?.map((condition) => ({ reason: null, message: null, ...condition }))
    // a kubelet has a status of its own, with no word of where the pod was meant to go
    const own = { nominatedNodeName: null, ...status }
    const body = { metadata: { uid }, status: { ...own, ...podIPs, ...(conditions === undefined ? {} : { conditions }) } }
    return await writtenUnlessGone(this.#client.patchStatus(pods, { namespace, name }, { type: 'strategic', body }))
  }

  async removePod({ namespace, name, uid }: PodKey): Promise<void> {
    await writtenUnlessGone(this.#client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } }))
  }

  async createPod(pod: Pod): Promise<Written> {
    try {
      await this.#client.create(pods, pod as KubeObject)
      return 'Written'
    } catch (error) {
      if (isAlreadyExists(error)) return 'Gone'
      throw error
    }
  }

  event({ about, type, reason, message, node }: KubeletEvent): void {
    const { name = '', namespace, uid = '' } = about.metadata ?? {}
    const object = {
      apiVersion: 'v1',
      kind: namespace === undefined ? 'Node' : 'Pod',
      name,
      uid,
      ...(namespace === undefined ? {} : { namespace }),
    }
    const nowMs = this.#client.clock.now()
    const body = eventBody({ object, type, reason, message, count: 1, firstMs: nowMs, lastMs: nowMs }, { component: 'kubelet', host: node })
    // an event is told once: one that is refused, or finds no server, is lost as it is in a cluster
    this.#client.create(events, body).catch(() => undefined)
  }

  async has(resource: 'secrets' | 'configmaps', namespace: string, name: string): Promise<boolean> {
    return (await this.#client.find(resource === 'secrets' ? secrets : configMaps, { namespace, name })) !== undefined
  }

  /** Nobody attaches anything to a node that is none: the drivers of a real cluster run on its nodes. */
  volumesOf(): readonly AttachedVolume[] {
    return []
  }

  #trim(pod: Pod): WatchedPod | undefined {
    const { name = '', namespace = '', resourceVersion = '' } = pod.metadata ?? {}
    const node = pod.spec?.nodeName ?? ''
    return node !== '' && this.#options.isOurs(node) ? { name, namespace, resourceVersion, pod } : undefined
  }
}

/** A conflict is another object of the same name: the one that was meant is gone. */
async function writtenUnlessGone(write: Promise<unknown>): Promise<Written> {
  try {
    await write
    return 'Written'
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return 'Gone'
    throw error
  }
}
