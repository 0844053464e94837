import type { Node, Pod, Taint } from 'kubernetes-types/core/v1'
import type { Clock } from '../../../cluster/clock.ts'
import { sameJson } from '../../api/same-json.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { keyOf, nameOf } from '../../object-key.ts'
import { withPodCondition } from '../../pod-condition.ts'
import type { Index } from '../../store/object-index.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { taintVerdict } from './taint-eviction.ts'

/** Since then a pod says why it is evicted (beta, on by default). Source: KEP-3329. */
const disruptionTargetMinor = 26
/** Since then it is a controller of its own. Source: KEP-3902. */
const ownNameMinor = 29

export interface TaintEvictionOptions {
  readonly clock: Clock
  readonly minor: number
  /** Pods by node, shared with other controllers. */
  readonly podsByNode: Index
}

/** Deletes the pods that do not tolerate the NoExecute taints of their node, past all budgets. Source: Kubernetes taint eviction controller. */
export class TaintEvictionController implements Controller {
  readonly name = 'taint-eviction-controller'
  readonly watches = [
    { resource: 'nodes', keysOf: (change: Change) => this.#wokenByNode(change) },
    { resource: 'pods', keysOf: (change: Change) => this.#wokenByPod(change) },
  ]
  readonly #client: TwinClient
  readonly #options: TaintEvictionOptions
  readonly #component: string
  /** Since when a pod is bound to go, by `namespace/name`; epoch ms. */
  readonly #waiting = new Map<string, { readonly uid: string; readonly sinceMs: number }>()

  constructor(client: TwinClient, options: TaintEvictionOptions) {
    this.#client = client
    this.#options = options
    this.#component = options.minor < ownNameMinor ? 'taint-controller' : 'taint-eviction-controller'
  }

  /** What pods tolerate for a while begins anew. */
  restarted(): void {
    this.#waiting.clear()
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { namespace, name } = keyOf(key)
    const pod = this.#client.store.get('pods', namespace, name)
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined && waiting.uid !== pod?.metadata.uid) this.#waiting.delete(key)
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) {
      this.#waiting.delete(key)
      return undefined
    }
    const { spec } = as<Pod>(pod)
    const verdict = taintVerdict(this.#taintsOf(spec?.nodeName), spec?.tolerations ?? [])
    if (verdict.kind === 'Stay') return this.#cancel(key, pod)
    if (verdict.kind === 'Evict') return this.#evict(key, pod)
    const now = this.#options.clock.now()
    const sinceMs = this.#waiting.get(key)?.sinceMs ?? now
    this.#waiting.set(key, { uid: pod.metadata.uid, sinceMs })
    const leftMs = sinceMs + verdict.seconds * 1_000 - now
    return leftMs <= 0 ? this.#evict(key, pod) : { afterMs: leftMs }
  }

  #taintsOf(nodeName: string | undefined): readonly Taint[] {
    const node = nodeName && this.#client.store.get('nodes', undefined, nodeName)
    return node ? (as<Node>(node).spec?.taints ?? []) : []
  }

  async #cancel(key: string, pod: KubeObject): Promise<undefined> {
    if (this.#waiting.delete(key)) await this.#tell(pod, `Cancelling deletion of Pod ${key}`)
    return undefined
  }

  async #evict(key: string, pod: KubeObject): Promise<undefined> {
    this.#waiting.delete(key)
    await this.#tell(pod, `Marking for deletion Pod ${key}`)
    const { namespace, name, uid } = pod.metadata
    if (this.#options.minor >= disruptionTargetMinor) {
      await this.#client.change(
        'pods',
        { namespace, name },
        (current) => withPodCondition(current, evicted, this.#options.clock.now()),
        'status',
      )
    }
    await this.#client.delete('pods', { namespace, name }, { uid })
    return undefined
  }

  async #tell(about: KubeObject, message: string): Promise<void> {
    await this.#client.event({ about, type: 'Normal', reason: 'TaintManagerEviction', message, component: this.#component })
  }

  #wokenByNode({ kind, object, previous }: Change): readonly string[] {
    if (kind === 'Deleted') return []
    const now = evictingTaints(object)
    const before = previous === undefined ? [] : evictingTaints(previous)
    if (sameJson(now, before)) return []
    return this.#options.podsByNode.get(object.metadata.name).map(nameOf)
  }

  #wokenByPod({ kind, object, previous }: Change): readonly string[] {
    const key = nameOf(object)
    const { nodeName, tolerations } = as<Pod>(object).spec ?? {}
    if (this.#waiting.has(key) && (kind === 'Deleted' || object.metadata.deletionTimestamp !== undefined)) return [key]
    if (kind === 'Deleted' || nodeName === undefined || nodeName === '') return []
    const before = previous && as<Pod>(previous).spec
    if (before?.nodeName === nodeName && sameJson(before.tolerations, tolerations)) return []
    return this.#taintsOf(nodeName).some(({ effect }) => effect === 'NoExecute') || this.#waiting.has(key) ? [key] : []
  }
}

function evictingTaints(node: KubeObject): readonly Taint[] {
  return (as<Node>(node).spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute')
}

const evicted = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
} as const
