import type { Lease } from 'kubernetes-types/coordination/v1'
import type { Node, Pod } from 'kubernetes-types/core/v1'
import { StatusError } from '../api/status-error.ts'
import { microTime } from '../api-time.ts'
import { as, type DraftObject, type KubeObject, type Writable } from '../kube-object.ts'
import type { TwinClient } from '../twin-client.ts'
import { attachedVolumes } from './attached-volumes.ts'
import type { AttachedVolume, KubeletApi, KubeletEvent, PodKey, PodWatcher, Written } from './kubelet-api.ts'
import { mergeByType, podConditions, saysTheSame } from './merge-status.ts'

const leaseNamespace = 'kube-node-lease'
const leases = 'leases.coordination.k8s.io'

/** Kubelets of the twin: the store tells them at once what has changed, writes go through the API like everybody's. */
export class TwinKubeletApi implements KubeletApi {
  readonly #client: TwinClient

  constructor(client: TwinClient) {
    this.#client = client
  }

  async watchPods(watcher: PodWatcher): Promise<() => void> {
    const { store } = this.#client
    const bound = (object: KubeObject) => Boolean(as<Pod>(object).spec?.nodeName)
    const end = store.subscribe(
      ({ kind, object }) => {
        if (!bound(object)) return
        if (kind === 'Deleted') watcher.gone(as<Pod>(object))
        else watcher.seen(as<Pod>(object))
      },
      ['pods'],
    )
    for (const pod of store.list('pods')) if (bound(pod)) watcher.seen(as<Pod>(pod))
    return end
  }

  async getNode(name: string): Promise<Node | undefined> {
    const node = this.#client.store.get('nodes', undefined, name)
    return node === undefined ? undefined : as<Node>(node)
  }

  podRangeOf(name: string): string | undefined {
    const node = this.#client.store.get('nodes', undefined, name)
    return node === undefined ? undefined : as<Node>(node).spec?.podCIDR
  }

  async createNode(node: Node): Promise<'Created' | 'Exists'> {
    const made = await unless(409, this.#client.create('nodes', draftOf(node)))
    if (made === undefined) return 'Exists'
    // a real kubelet's first object has its status; the create of the API leaves it to the kind
    await this.writeNodeStatus(node.metadata?.name ?? '', node.status ?? {})
    return 'Created'
  }

  async labelNode(name: string, labels: Readonly<Record<string, string>>): Promise<Written> {
    return await this.#change('nodes', { name }, (node) => {
      const same = Object.entries(labels).every(([key, value]) => node.metadata.labels?.[key] === value)
      return same ? node : { ...node, metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...labels } } }
    })
  }

  async writeNodeStatus(name: string, status: NonNullable<Node['status']>): Promise<Written> {
    const next = (node: KubeObject) => {
      const current = as<Node>(node).status ?? {}
      const conditions = mergeByType(current.conditions, status.conditions) ?? []
      const addresses = mergeByType(current.addresses, status.addresses) ?? []
      const { volumesInUse = [], ...next } = { ...current, ...status, conditions, addresses }
      return { ...node, status: volumesInUse.length === 0 ? next : { ...next, volumesInUse } }
    }
    return await this.#change('nodes', { name }, next, 'status')
  }

  async renewLease(node: string, nowMs: number): Promise<void> {
    const spec = { holderIdentity: node, leaseDurationSeconds: 40, renewTime: microTime(nowMs) }
    const key = { namespace: leaseNamespace, name: node }
    if (this.#client.store.get(leases, leaseNamespace, node) !== undefined) {
      await this.#change(leases, key, (lease) => ({ ...lease, spec: { ...as<Lease>(lease).spec, ...spec } }))
      return
    }
    const owner = this.#client.store.get('nodes', undefined, node)?.metadata.uid
    const ownerReferences = owner === undefined ? [] : [{ apiVersion: 'v1', kind: 'Node', name: node, uid: owner }]
    await unless(409, unless(404, this.#client.create(leases, { metadata: { ...key, ownerReferences }, spec })))
  }

  async writePodStatus(pod: PodKey, status: NonNullable<Pod['status']>): Promise<Written> {
    const next = (object: KubeObject) => {
      if (object.metadata.uid !== pod.uid) return object
      const current = as<Pod>(object).status ?? {}
      const { qosClass } = current
      const conditions = podConditions(current.conditions, status.conditions)
      const merged: Writable<NonNullable<Pod['status']>> = { ...status }
      if (conditions !== undefined) merged.conditions = conditions
      if (merged.qosClass === undefined && qosClass !== undefined) merged.qosClass = qosClass
      return saysTheSame(merged, current) ? object : { ...object, status: merged }
    }
    return await this.#change('pods', pod, next, 'status')
  }

  async removePod({ namespace, name, uid }: PodKey): Promise<void> {
    await unless(404, unless(409, this.#client.delete('pods', { namespace, name }, { gracePeriodSeconds: 0, uid })))
  }

  async createPod(pod: Pod): Promise<Written> {
    const made = await unless(409, this.#client.create('pods', draftOf(pod)))
    return made === undefined ? 'Gone' : 'Written'
  }

  event({ about, type, reason, message, node }: KubeletEvent): void {
    const kind = about.metadata?.namespace === undefined ? 'Node' : 'Pod'
    const { apiVersion = 'v1', metadata } = as<KubeObject>(draftOf(about))
    const object: KubeObject = { apiVersion, kind: about.kind ?? kind, metadata }
    // an event is told once: one that is refused, or finds no server, is lost as it is in a cluster
    this.#client.event({ about: object, type, reason, message, component: 'kubelet', host: node }).catch(() => undefined)
  }

  async has(resource: 'secrets' | 'configmaps', namespace: string, name: string): Promise<boolean> {
    return this.#client.store.get(resource, namespace, name) !== undefined
  }

  volumesOf(pod: Pod): readonly AttachedVolume[] {
    return attachedVolumes(pod, this.#client.store)
  }

  async #change(
    resource: string,
    key: { namespace?: string; name: string },
    next: (current: KubeObject) => DraftObject,
    subresource?: 'status',
  ): Promise<Written> {
    const { namespace, name } = key
    const written = await unless(404, this.#client.change(resource, { namespace, name }, next, subresource))
    return written === undefined ? 'Gone' : 'Written'
  }
}

async function unless<T>(code: number, write: Promise<T>): Promise<T | undefined> {
  try {
    return await write
  } catch (error) {
    if (error instanceof StatusError && error.code === code) return undefined
    throw error
  }
}

function draftOf(object: Node | Pod): DraftObject {
  return object as unknown as DraftObject
}
