import type { Node, NodeCondition, Pod } from 'kubernetes-types/core/v1'
import type { Clock } from '../../../cluster/clock.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import type { KubeletPresence } from './kubelet-presence.ts'
import { graceMs, readyCondition, silentConditions } from './node-health.ts'
import { evictingTaint, isEvictingTaint, mirroredTaints, withEvictingTaint } from './node-taints.ts'
import { notReadyPod } from './not-ready-pod.ts'
import { TokenBucket } from './token-bucket.ts'
import { ZoneLedger } from './zone-ledger.ts'
import { evictionRates, isCutOff } from './zone-state.ts'

/** How often a node's health is looked at. Source: kube-controller-manager, --node-monitor-period. */
const monitorPeriodMs = 5_000
const leaseNamespace = 'kube-node-lease'
const zonesKey = 'zones'
const component = 'node-controller'

export interface NodeLifecycleOptions {
  readonly clock: Clock
  readonly minor: number
  /** Pods by node, shared with other controllers. */
  readonly podsByNode: Index
  /** Counts in place of Leases and heartbeats where it is given. */
  readonly presence?: KubeletPresence
}

/**
 * Says of a node that is silent that its state is unknown, mirrors conditions and cordons as taints, and lets nodes that are not ready evict their
 * pods, zone by zone and not too fast. Hears leases without being woken by them: a node is looked at when its time would be up.
 * Source: Kubernetes node lifecycle controller.
 */
export class NodeLifecycleController implements Controller {
  readonly name = 'node-lifecycle-controller'
  readonly watches = [
    { resource: 'nodes', keysOf: (change: Change) => this.#hearNode(change) },
    { resource: 'leases.coordination.k8s.io', keysOf: (change: Change) => this.#hearLease(change) },
  ]
  readonly #client: TwinClient
  readonly #options: NodeLifecycleOptions
  readonly #ledger: ZoneLedger
  /** When something was last heard of a node, by this controller's clock: that of the node may go wrong. */
  readonly #heardAtMs = new Map<string, number>()
  readonly #registered = new Set<string>()
  /** Deleted nodes that nothing has been said of yet. */
  readonly #gone = new Map<string, KubeObject>()
  /** Nodes whose pods have still to be told that they are not ready. */
  readonly #untold = new Set<string>()
  readonly #buckets = new Map<string, TokenBucket>()
  #cutOff = false
  /** When all nodes were last given their time anew. */
  #resetAtMs = 0

  constructor(client: TwinClient, options: NodeLifecycleOptions) {
    this.#client = client
    this.#options = options
    this.#ledger = new ZoneLedger(options.minor)
  }

  connect(wake: (key: string) => void): void {
    this.#options.presence?.listen((name) => wake(`node/${name}`))
  }

  /** Every node has its whole time again: nothing could be heard of any. */
  restarted(): void {
    for (const state of [this.#heardAtMs, this.#registered, this.#gone, this.#untold, this.#buckets]) state.clear()
    this.#cutOff = false
    this.#resetAtMs = this.#options.clock.now()
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    if (key === zonesKey) return this.#taintByZone()
    if (key.startsWith('gone/')) return this.#sayGone(key.slice('gone/'.length))
    return this.#lookAt(key.slice('node/'.length))
  }

  async #lookAt(name: string): Promise<Wake | undefined> {
    const object = this.#client.store.get('nodes', undefined, name)
    if (object === undefined) return undefined
    await this.#register(object)
    const wake = await this.#watchSilence(object)
    if (this.#untold.has(name)) await this.#tellPods(object)
    await this.#swapTaints(name)
    return wake
  }

  async #register(node: KubeObject): Promise<void> {
    const { name, uid } = node.metadata
    if (this.#registered.has(uid)) return
    this.#registered.add(uid)
    const message = `Node ${name} event: Registered Node ${name} in Controller`
    await this.#client.event({ about: node, type: 'Normal', reason: 'RegisteredNode', message, component })
  }

  async #sayGone(name: string): Promise<undefined> {
    const node = this.#gone.get(name)
    if (node === undefined) return undefined
    this.#gone.delete(name)
    const message = `Node ${name} event: Removing Node ${name} from Controller`
    await this.#client.event({ about: node, type: 'Normal', reason: 'RemovingNode', message, component })
    return undefined
  }

  /** Marks the node when its time is up; else says when it will be. */
  async #watchSilence(object: KubeObject): Promise<Wake | undefined> {
    const node = as<Node>(object)
    const now = this.#options.clock.now()
    const { name } = object.metadata
    const heardAtMs = this.#heardOf(name)
    if (heardAtMs === undefined) return undefined
    const endsAtMs = heardAtMs + graceMs(node, this.#options.minor)
    if (now <= endsAtMs) return { afterMs: Math.ceil((endsAtMs + 1 - now) / monitorPeriodMs) * monitorPeriodMs }
    const stored = node.status?.conditions
    const conditions = silentConditions(node, now)
    if (conditions === stored) return undefined
    if (readyCondition(node)?.status === 'True') this.#untold.add(name)
    await this.#client.update('nodes', { ...object, status: { ...node.status, conditions } }, 'status')
    return undefined
  }

  /** When a node was last heard of; `undefined` while its kubelet is known to be there, and silence need not be expected. */
  #heardOf(name: string): number | undefined {
    const heardAtMs = this.#heardAtMs.get(name) ?? this.#options.clock.now()
    const { presence } = this.#options
    if (presence === undefined) return heardAtMs
    const silentSinceMs = presence.silentSinceMs(name)
    return silentSinceMs === undefined ? undefined : Math.max(silentSinceMs, this.#resetAtMs)
  }

  async #tellPods(node: KubeObject): Promise<void> {
    const { name } = node.metadata
    const message = `Node ${name} status is now: NodeNotReady`
    await this.#client.event({ about: node, type: 'Normal', reason: 'NodeNotReady', message, component })
    for (const pod of this.#options.podsByNode.get(name)) {
      const { namespace, name: podName } = pod.metadata
      if (notReadyPod(as<Pod>(pod), this.#options.clock.now()) === pod.status) continue
      await this.#client.change(
        'pods',
        { namespace, name: podName },
        (current) => {
          const status = notReadyPod(as<Pod>(current), this.#options.clock.now())
          return status === current.status ? current : { ...current, status }
        },
        'status',
      )
      await this.#client.event({ about: pod, type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready', component })
    }
    this.#untold.delete(name)
  }

  /** What mirrors the node's state is set at once; what evicts is only exchanged or taken away here. */
  async #swapTaints(name: string): Promise<void> {
    if (this.#client.store.get('nodes', undefined, name) === undefined) return
    await this.#client.change('nodes', { name }, (current) => {
      const node = as<Node>(current)
      const now = this.#options.clock.now()
      const evicting = node.spec?.taints?.some(isEvictingTaint) === true && !this.#cutOff ? evictingTaint(node) : undefined
      const swapped = withEvictingTaint(node, evicting, now)
      const taints = mirroredTaints({ ...node, spec: { ...node.spec, taints: [...swapped] } }, now)
      return sameTaints(taints, node.spec?.taints) ? current : { ...current, spec: withTaints(node.spec, taints) }
    })
  }

  async #taintByZone(): Promise<Wake | undefined> {
    const zones = this.#ledger.counts()
    await this.#enterOrLeave(isCutOff(zones))
    const now = this.#options.clock.now()
    let nextAtMs = Number.POSITIVE_INFINITY
    for (const [zone, rate] of evictionRates(zones)) {
      const bucket = this.#bucket(zone, rate, now)
      const [first, ...others] = this.#ledger.untainted(zone)
      if (first === undefined) continue
      if (!bucket.take(now)) nextAtMs = Math.min(nextAtMs, bucket.nextAtMs)
      else {
        await this.#taint(first)
        if (others.length > 0) nextAtMs = Math.min(nextAtMs, bucket.nextAtMs)
      }
    }
    return nextAtMs === Number.POSITIVE_INFINITY ? undefined : { afterMs: Math.max(nextAtMs - now, 0) }
  }

  /** When no node at all is ready, none is to blame: taints are taken back, and all nodes get their time anew when the first comes back. */
  async #enterOrLeave(cutOff: boolean): Promise<void> {
    if (cutOff === this.#cutOff) return
    this.#cutOff = cutOff
    const nodes = this.#client.store.list('nodes')
    if (cutOff) for (const { metadata } of nodes) await this.#swapTaints(metadata.name)
    else {
      this.#resetAtMs = this.#options.clock.now()
      for (const { metadata } of nodes) this.#heardAtMs.set(metadata.name, this.#resetAtMs)
    }
  }

  #bucket(zone: string, rate: number, now: number): TokenBucket {
    const known = this.#buckets.get(zone) ?? new TokenBucket(rate, now)
    const bucket = known.perSecond === rate ? known : known.withRate(rate, now)
    this.#buckets.set(zone, bucket)
    return bucket
  }

  async #taint(name: string): Promise<void> {
    if (this.#client.store.get('nodes', undefined, name) === undefined) return
    await this.#client.change('nodes', { name }, (current) => {
      const node = as<Node>(current)
      const taints = withEvictingTaint(node, evictingTaint(node), this.#options.clock.now())
      return sameTaints(taints, node.spec?.taints) ? current : { ...current, spec: withTaints(node.spec, taints) }
    })
  }

  #hearNode({ kind, object, previous }: Change): readonly string[] {
    const { name, uid } = object.metadata
    if (kind === 'Deleted') {
      this.#forget(name, uid)
      this.#gone.set(name, object)
      return [`gone/${name}`, zonesKey]
    }
    const heartbeat = readyCondition(as<Node>(object))?.lastHeartbeatTime
    const before = previous && readyCondition(as<Node>(previous))?.lastHeartbeatTime
    if (previous === undefined || heartbeat !== before) this.#heardAtMs.set(name, this.#options.clock.now())
    const zones = this.#ledger.observe(as<Node>(object)) ? [zonesKey] : []
    return previous === undefined || looksDifferent(as<Node>(object), as<Node>(previous)) ? [`node/${name}`, ...zones] : zones
  }

  #hearLease({ kind, object }: Change): readonly string[] {
    const { namespace, name } = object.metadata
    if (namespace === leaseNamespace && kind !== 'Deleted') this.#heardAtMs.set(name, this.#options.clock.now())
    return []
  }

  #forget(name: string, uid: string): void {
    this.#ledger.forget(name)
    this.#heardAtMs.delete(name)
    this.#registered.delete(uid)
    this.#untold.delete(name)
  }
}

function withTaints(spec: Node['spec'], taints: readonly unknown[]): object {
  const { taints: _, ...rest } = spec ?? {}
  return taints.length === 0 ? rest : { ...rest, taints }
}

function sameTaints(a: readonly unknown[], b: readonly unknown[] | undefined): boolean {
  return a.length === (b?.length ?? 0) && a.every((taint, i) => taint === b?.[i])
}

/** Whether a node has to be looked at before its time is up. */
function looksDifferent(a: Node, b: Node): boolean {
  const statuses = ({ status }: Node) => (status?.conditions ?? []).map(({ type, status: is }: NodeCondition) => `${type}=${is}`).join()
  return a.spec?.unschedulable !== b.spec?.unschedulable || a.spec?.taints !== b.spec?.taints || statuses(a) !== statuses(b)
}
