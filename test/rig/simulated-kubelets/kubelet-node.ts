import { setTimeout as sleep } from 'node:timers/promises'
import type { PlainApi } from '../plain-api.ts'
import { conditions, nodeObject, type SimulatedNode } from './node-object.ts'
import { persistentWrite, type Written } from './persistent-write.ts'
import { microTime } from './pod-status.ts'

interface Restart {
  readonly seconds: number
  readonly notReady: boolean
  /** Undefined: the old one. */
  readonly version: string | undefined
}

/** What one simulated kubelet does to its own Node. */
export class KubeletNode {
  readonly name: string
  private readonly api: PlainApi
  private readonly spec: SimulatedNode
  private readonly signal: AbortSignal
  private ready = true
  private back: Promise<void> = Promise.resolve()
  private reconnected: (() => void) | undefined
  // one status write after the other: a heartbeat that is under way must not undo what is written after it
  private lastWrite: Promise<unknown> = Promise.resolve()

  constructor(api: PlainApi, spec: SimulatedNode, signal: AbortSignal) {
    this.api = api
    this.name = spec.name
    this.spec = spec
    this.signal = signal
  }

  /** Creates the Node; one that exists already keeps what it is, but its logs are served from here. */
  async register(at: { logPort: number; version: string }): Promise<void> {
    const object = nodeObject(this.spec, { ...at, nowMs: Date.now() })
    await this.api.post('/api/v1/nodes', object).catch(async (error: { status?: number }) => {
      if (error.status !== 409) throw error
      await this.patchStatus(() => ({ daemonEndpoints: { kubeletEndpoint: { Port: at.logPort } }, ...this.condition(true) }))
    })
  }

  /** Writes the status again with the time of now, unless the kubelet is cut off. */
  async heartbeat(): Promise<void> {
    if (this.reconnected !== undefined) return
    await this.patchStatus(() => ({ conditions: conditions({ ready: this.ready, changed: false }, Date.now()) }))
  }

  /** Renews the node's Lease, and makes it when there is none, unless the kubelet is cut off. */
  async renewLease(): Promise<void> {
    if (this.reconnected !== undefined) return
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
    const spec = { holderIdentity: this.name, leaseDurationSeconds: 40, renewTime: microTime(Date.now()) }
    const renew = () => this.api.patch(`${leases}/${this.name}`, { spec })
    if ((await persistentWrite(renew, this.signal)) !== 'Gone') return
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: this.name }, spec }
    await persistentWrite(() => this.api.post(leases, lease), this.signal)
  }

  setReady(ready: boolean): Promise<Written> {
    return this.patchStatus(() => this.condition(ready))
  }

  /** As `kubectl cordon` does. */
  cordon(): Promise<Written> {
    return persistentWrite(() => this.api.patch(this.path(), { spec: { unschedulable: true } }), this.signal)
  }

  /** The kubelet is away for a time, writes nothing meanwhile, and comes back with another version. */
  async restart(how: Restart): Promise<void> {
    const before = this.back
    this.back = before.then(() => this.away(how))
    await this.back
  }

  /** Cuts the kubelet off from the API server: its containers go on, and nobody hears of them. */
  disconnect(): void {
    if (this.reconnected !== undefined) return
    const reached = new Promise<void>((resolve) => {
      this.reconnected = resolve
    })
    const before = this.back
    this.back = before.then(() => reached)
  }

  /** Resolves when the node has said that it is there again. */
  async reconnect(): Promise<void> {
    this.reconnected?.()
    this.reconnected = undefined
    await this.patchStatus(() => ({ conditions: conditions({ ready: this.ready, changed: true }, Date.now()) }))
  }

  /** Resolves when the kubelet is there (again); whatever it writes about pods waits for this. */
  present(): Promise<void> {
    return this.back
  }

  private async away({ seconds, notReady, version }: Restart): Promise<void> {
    if (notReady) await this.setReady(false)
    if (seconds > 0) await sleep(seconds * 1000, undefined, { signal: this.signal }).catch(() => undefined)
    if (version === undefined && !notReady) return
    await this.patchStatus(() => ({
      ...(version === undefined ? {} : { nodeInfo: { kubeletVersion: version, kubeProxyVersion: version } }),
      ...(notReady ? this.condition(true) : {}),
    }))
  }

  private condition(ready: boolean): { conditions: object[] } {
    const changed = this.ready !== ready
    this.ready = ready
    return { conditions: conditions({ ready, changed }, Date.now()) }
  }

  private patchStatus(status: () => object): Promise<Written> {
    const write = this.lastWrite.then(() => {
      const body = { status: status() }
      return persistentWrite(() => this.api.patch(`${this.path()}/status`, body), this.signal)
    })
    this.lastWrite = write.catch(() => undefined)
    return write
  }

  private path(): string {
    return `/api/v1/nodes/${this.name}`
  }
}
