import { setTimeout as sleep } from 'node:timers/promises'
import type { PlainApi } from '../plain-api.ts'
import { conditions, nodeObject, type SimulatedNode } from './node-object.ts'
import { persistentWrite, type Written } from './persistent-write.ts'

/** What one simulated kubelet does to its own Node. */
export class KubeletNode {
  readonly name: string
  private readonly api: PlainApi
  private readonly spec: SimulatedNode
  private readonly signal: AbortSignal
  private ready = true
  private back: Promise<void> = Promise.resolve()

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
      await this.patchStatus({ daemonEndpoints: { kubeletEndpoint: { Port: at.logPort } }, ...this.condition(true) })
    })
  }

  heartbeat(): Promise<Written> {
    return this.patchStatus({ conditions: conditions({ ready: this.ready, changed: false }, Date.now()) })
  }

  setReady(ready: boolean): Promise<Written> {
    return this.patchStatus(this.condition(ready))
  }

  /** As `kubectl cordon` does. */
  cordon(): Promise<Written> {
    return persistentWrite(() => this.api.patch(this.path(), { spec: { unschedulable: true } }), this.signal)
  }

  /** The kubelet is away for a time, writes nothing meanwhile, and comes back with another version. */
  async restart(how: { seconds: number; notReady: boolean; version: string | undefined }): Promise<void> {
    this.back = this.away(how)
    await this.back
  }

  /** Resolves when the kubelet is there (again); whatever it writes about pods waits for this. */
  present(): Promise<void> {
    return this.back
  }

  private async away(how: { seconds: number; notReady: boolean; version: string | undefined }): Promise<void> {
    if (how.notReady) await this.setReady(false)
    if (how.seconds > 0) await sleep(how.seconds * 1000, undefined, { signal: this.signal }).catch(() => undefined)
    const { version } = how
    if (version === undefined && !how.notReady) return
    await this.patchStatus({
      ...(version === undefined ? {} : { nodeInfo: { kubeletVersion: version, kubeProxyVersion: version } }),
      ...(how.notReady ? this.condition(true) : {}),
    })
  }

  private condition(ready: boolean): { conditions: object[] } {
    const changed = this.ready !== ready
    this.ready = ready
    return { conditions: conditions({ ready, changed }, Date.now()) }
  }

  private patchStatus(status: object): Promise<Written> {
    return persistentWrite(() => this.api.patch(`${this.path()}/status`, { status }), this.signal)
  }

  private path(): string {
    return `/api/v1/nodes/${this.name}`
  }
}
