import type { Node, NodeCondition, NodeStatus } from 'kubernetes-types/core/v1'
import type { Clock } from '../../cluster/clock.ts'
import type { Machine, MachineImage } from '../machine/machine.ts'
import type { KubeletApi, KubeletEvent } from './kubelet-api.ts'
import { changedStatus, machineStatus, type NodeHealth, newNode, nodeConditions } from './node-status.ts'

export interface ReporterOptions {
  readonly api: KubeletApi
  readonly clock: Clock
  /** Of the machine as it is now. */
  readonly machine: () => Machine
  readonly images: () => ReadonlyMap<string, MachineImage>
  readonly volumesInUse: () => readonly string[]
  readonly health: () => NodeHealth
  readonly isPresent: () => boolean
  readonly event: (event: Omit<KubeletEvent, 'node'>) => void
  /** From a write that the API server did not take to the next try. */
  readonly retryMs: number
}

/** What one kubelet writes about its node: registration, status, Lease. One status write at a time; what comes meanwhile goes with the next. */
export class NodeReporter {
  readonly #options: ReporterOptions
  #conditions: readonly NodeCondition[] = []
  /** What the API server has taken last. */
  #told: NodeStatus = {}
  #uid: string | undefined
  #writing: Promise<void> | undefined
  #dirty = false
  #toldVolumes = false
  #cancelRetry: (() => void) | undefined

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  /** Of the Node object, once it is known. */
  get uid(): string | undefined {
    return this.#uid
  }

  /** Registers the node, or takes over the one that is there. */
  async register(): Promise<void> {
    const { api, clock, machine, images } = this.#options
    const status = machineStatus(machine(), images())
    const { name } = machine()
    const node = newNode(machine(), { ...status, conditions: this.#nextConditions() })
    if ((await api.createNode(node)) === 'Exists') await api.labelNode(name, machine().labels)
    this.#told = status
    await api.renewLease(name, clock.now())
    this.#uid = (await api.getNode(name))?.metadata?.uid
  }

  /** Takes over a node whose object says already what the machine is: nothing is written. */
  adopt(node: Node): void {
    this.#uid = node.metadata?.uid
    this.#conditions = node.status?.conditions ?? []
    this.#toldVolumes = (node.status?.volumesInUse ?? []).length > 0
  }

  /** Writes what the node is now; resolves when that is written, or cannot be for now. */
  writeStatus(): Promise<void> {
    this.#dirty = true
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  /** Nothing is tried again. */
  stop(): void {
    this.#cancelRetry?.()
  }

  renewLease(): void {
    const { api, clock, machine } = this.#options
    api.renewLease(machine().name, clock.now()).catch(() => undefined)
  }

  async #write(): Promise<void> {
    const { api, machine, images, isPresent, retryMs } = this.#options
    while (this.#dirty && isPresent()) {
      this.#dirty = false
      const volumesInUse = this.#volumesToTell()
      const status = machineStatus(machine(), images())
      const news: NodeStatus = {
        ...changedStatus(status, this.#told),
        ...(volumesInUse && { volumesInUse: [...volumesInUse] }),
        conditions: this.#nextConditions(),
      }
      try {
        await api.writeNodeStatus(machine().name, news)
        this.#told = status
        this.#toldVolumes = volumesInUse !== undefined && volumesInUse.length > 0
      } catch {
        this.#cancelRetry?.()
        if (isPresent()) this.#cancelRetry = this.#options.clock.after(retryMs, () => void this.writeStatus())
        return
      }
    }
  }

  /** An empty list is told once, after one that was not. */
  #volumesToTell(): readonly string[] | undefined {
    const volumesInUse = this.#options.volumesInUse()
    return this.#toldVolumes || volumesInUse.length > 0 ? volumesInUse : undefined
  }

  #nextConditions(): NodeCondition[] {
    const { clock, health, machine } = this.#options
    const before = this.#conditions
    const next = nodeConditions(health(), before, clock.now())
    this.#conditions = next
    for (const { type, status, reason } of next) {
      if (before.find((one) => one.type === type)?.status === status) continue
      const word = type === 'Ready' ? `Node${status === 'True' ? 'Ready' : 'NotReady'}` : (reason ?? '').replace('Kubelet', 'Node')
      this.#options.event({
        about: this.#asObject(),
        type: 'Normal',
        reason: word,
        message: `Node ${machine().name} status is now: ${word}`,
      })
    }
    return next
  }

  /** As events name a node: its name is in place of the UID. Source: Kubernetes kubelet, nodeRef. */
  #asObject(): Node {
    const { name } = this.#options.machine()
    return { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name } }
  }
}
