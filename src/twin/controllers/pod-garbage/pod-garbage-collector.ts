import type { Node, Pod } from 'kubernetes-types/core/v1'
import type { Clock } from '../../../cluster/clock.ts'
import { isPodFinished } from '../../../core/kubernetes/pod-state.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { keyOf, nameOf } from '../../object-key.ts'
import { type PodConditionNews, withPodCondition } from '../../pod-condition.ts'
import type { Index } from '../../store/object-index.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { endedTooMany, isOutOfService } from './decide-pod-garbage.ts'

/** How long a node has to be missing. Source: Kubernetes pod garbage collector, quarantineTime. */
const quarantineMs = 40_000
/** Since then a pod is marked as failed before it is taken away (beta, on by default). Source: KEP-3329. */
const marksFailedMinor = 26
const endedKey = 'ended'
const nodeIsGone = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' } as const

export interface PodGarbageOptions {
  readonly clock: Clock
  readonly minor: number
  /** So many ended pods may stay; 12,500 unless told. Source: kube-controller-manager, --terminated-pod-gc-threshold. */
  readonly endedThreshold?: number
}

/**
 * Takes away pods whose node is no more or out of service, pods that end without ever having had a node, and the oldest of too many that have
 * ended. Unlike kube-controller-manager, which looks every 20 s, it acts when it is time. Source: Kubernetes pod garbage collector.
 */
export class PodGarbageCollector implements Controller {
  readonly name = 'pod-garbage-collector'
  readonly watches = [
    { resource: 'nodes', keysOf: ({ object }: Change) => [`node/${object.metadata.name}`] },
    { resource: 'pods', keysOf: (change: Change) => this.#wokenBy(change) },
  ]
  readonly #client: TwinClient
  readonly #options: PodGarbageOptions
  readonly #threshold: number
  readonly #byNode: Index
  readonly #ended: Index
  /** Since when a node with pods is missing, epoch ms. */
  readonly #missingSince = new Map<string, number>()

  constructor(client: TwinClient, options: PodGarbageOptions) {
    this.#client = client
    this.#options = options
    this.#threshold = options.endedThreshold ?? 12_500
    this.#byNode = client.store.index('pods', nodeNameOf)
    this.#ended = client.store.index('pods', (pod) => (isPodFinished(as<Pod>(pod).status) ? [endedKey] : []))
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    if (key === endedKey) return this.#collectEnded()
    if (key.startsWith('node/')) return this.#lookAtNode(key.slice('node/'.length))
    const { namespace, name } = keyOf(key.slice('pod/'.length))
    const pod = this.#client.store.get('pods', namespace, name)
    if (pod !== undefined && isUnscheduledEnding(pod)) await this.#remove(pod)
    return undefined
  }

  async #collectEnded(): Promise<undefined> {
    const pods = this.#ended.get(endedKey).map((pod) => as<Pod>(pod))
    for (const pod of endedTooMany(pods, this.#threshold)) await this.#remove(pod as unknown as KubeObject)
    return undefined
  }

  async #lookAtNode(name: string): Promise<Wake | undefined> {
    const node = this.#client.store.get('nodes', undefined, name)
    const pods = this.#byNode.get(name)
    if (node !== undefined || pods.length === 0) {
      this.#missingSince.delete(name)
      if (node === undefined || !isOutOfService(as<Node>(node), this.#options.minor)) return undefined
      for (const pod of pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)) await this.#fail(pod)
      return undefined
    }
    const now = this.#options.clock.now()
    const since = this.#missingSince.get(name) ?? now
    this.#missingSince.set(name, since)
    if (now - since < quarantineMs) return { afterMs: since + quarantineMs - now }
    for (const pod of pods) await this.#fail(pod, nodeIsGone)
    this.#missingSince.delete(name)
    return undefined
  }

  /** A pod that has not ended is said to have failed before it goes. */
  async #fail(pod: KubeObject, condition?: PodConditionNews): Promise<void> {
    if (this.#options.minor >= marksFailedMinor && !isPodFinished(as<Pod>(pod).status)) {
      const failed = (current: KubeObject) => {
        const told = condition === undefined ? current : withPodCondition(current, condition, this.#options.clock.now())
        return { ...told, status: { ...as<Pod>(told).status, phase: 'Failed' } }
      }
      await this.#client.change('pods', keyOf(nameOf(pod)), failed, 'status')
    }
    await this.#remove(pod)
  }

  async #remove({ metadata }: KubeObject): Promise<void> {
    const { namespace, name, uid } = metadata
    await this.#client.delete('pods', { namespace, name }, { uid, gracePeriodSeconds: 0 })
  }

  #wokenBy({ object, previous, kind }: Change): readonly string[] {
    if (kind === 'Deleted') return []
    const keys: string[] = []
    if (isUnscheduledEnding(object)) keys.push(`pod/${nameOf(object)}`)
    const [nodeName] = nodeNameOf(object)
    const ending = object.metadata.deletionTimestamp !== previous?.metadata.deletionTimestamp
    if (nodeName !== undefined && (ending || nodeNameOf(previous ?? object)[0] !== nodeName || previous === undefined)) {
      const node = this.#client.store.get('nodes', undefined, nodeName)
      if (node === undefined || (ending && isOutOfService(as<Node>(node), this.#options.minor))) keys.push(`node/${nodeName}`)
    }
    if (this.#ended.count(endedKey) > this.#threshold) keys.push(endedKey)
    return keys
  }
}

function nodeNameOf(pod: KubeObject): readonly string[] {
  const { nodeName = '' } = as<Pod>(pod).spec ?? {}
  return nodeName === '' ? [] : [nodeName]
}

function isUnscheduledEnding(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined && nodeNameOf(pod).length === 0
}
