import type { Node } from 'kubernetes-types/core/v1'
import { ControlPlane } from '../machine/control-plane.ts'
import type { Machine, MachineImage } from '../machine/machine.ts'
import type { MachineEffect, ServiceRestart } from '../machine/machine-effect.ts'
import { machineOfNode } from '../machine/new-machine.ts'
import { annotatedCourse } from './annotated-course.ts'
import { Heartbeats } from './heartbeats.ts'
import type { KubeletOptions } from './kubelet-options.ts'
import { NodeKubelet } from './node-kubelet.ts'
import type { Pressure } from './node-status.ts'
import { defaultTimings } from './pod/pod-timings.ts'
import { PodLogs } from './pod-logs.ts'

type Needed = 'api' | 'clock' | 'random'

export interface FleetOptions extends Partial<Omit<KubeletOptions, Needed>>, Pick<KubeletOptions, Needed> {
  /**
   * `Elided`: no Lease and no periodic status is written, so that months of a thousand nodes can pass; whoever wants to know whether
   * a kubelet is there asks `lastHeartbeatMs`. `Real` unless told.
   */
  readonly heartbeats?: 'Real' | 'Elided'
}

/** All kubelets of a cluster: one subscription, one timer for their heartbeats, and a handful of memory for a pod that just runs. */
export class KubeletFleet {
  readonly controlPlane: ControlPlane
  readonly logs: PodLogs
  readonly #options: KubeletOptions
  readonly #nodes = new Map<string, NodeKubelet>()
  readonly #heartbeats: Heartbeats | undefined
  #ordinal = 0
  #unwatch: (() => void) | undefined

  constructor(options: FleetOptions) {
    this.controlPlane = options.controlPlane ?? new ControlPlane()
    this.logs = options.logs ?? new PodLogs()
    this.#options = {
      timingsOf: () => defaultTimings,
      registry: () => ({ kind: 'Found' }),
      events: 'All',
      podBlock: 10,
      restartSeconds: 10,
      bootSeconds: 60,
      settleSeconds: 3,
      retrySeconds: 5,
      ...options,
      behaviours: [...(options.behaviours ?? []), annotatedCourse],
      controlPlane: this.controlPlane,
      logs: this.logs,
    }
    this.#heartbeats = options.heartbeats === 'Elided' ? undefined : new Heartbeats(options.clock)
  }

  /** Begins to run what is bound to the nodes that have been added, and to those that are added later. */
  async start(): Promise<void> {
    if (this.#unwatch !== undefined) return
    this.startHeartbeats()
    this.#unwatch = await this.#options.api.watchPods({
      seen: (pod) => this.#nodes.get(pod.spec?.nodeName ?? '')?.seen(pod),
      gone: (pod) => this.#nodes.get(pod.spec?.nodeName ?? '')?.gone(pod),
    })
  }

  /** Before the start: nodes that have been registered stay Ready for as long as it takes to register the others. */
  startHeartbeats(): void {
    this.#heartbeats?.start()
  }

  /** Everything stands still; the objects stay as they are. */
  stop(): void {
    this.#unwatch?.()
    this.#unwatch = undefined
    this.#heartbeats?.stop()
    for (const node of this.#nodes.values()) node.stop()
  }

  /** Registers a new node, which has these images. Nodes are added before the start, or hear only of pods that are bound to them later. */
  async addNode(machine: Machine, images?: ReadonlyMap<string, MachineImage>): Promise<void> {
    await this.#add(machine, images).register()
  }

  /** Takes over a node that is there, from a snapshot or an earlier run: it goes on as its object says. */
  adoptNode(node: Node, machine = machineOfNode(node)): void {
    this.#add(machine).adopt(node)
  }

  get nodeNames(): readonly string[] {
    return [...this.#nodes.keys()]
  }

  /** Throws a RangeError for a node that is none of these. */
  machineOf(node: string): Machine {
    return this.#node(node).machine
  }

  /** Whether the machine of a node is switched on; false for a node that is none of these. */
  isOn(node: string): boolean {
    return this.#nodes.get(node)?.isOn === true
  }

  /** When the kubelet of a node was there last, epoch ms: now, while it is; `undefined` for a node that is none of these. */
  lastHeartbeatMs(node: string): number | undefined {
    return this.#nodes.get(node)?.lastHeartbeatMs()
  }

  /** A kubelet says what its node is, as it does every five minutes; resolves when that is written, or cannot be for now. */
  writeStatus(node: string): Promise<void> {
    return this.#node(node).writeStatus()
  }

  restartKubelet(node: string, restart?: ServiceRestart): void {
    this.#node(node).restart(restart)
  }

  rebootMachine(node: string, bootSeconds?: number): void {
    this.#node(node).reboot(bootSeconds)
  }

  /** The machine dies with everything on it. */
  kill(node: string): void {
    this.#node(node).kill()
  }

  revive(node: string): void {
    this.#node(node).revive()
  }

  /** The kubelet cannot reach the API server; its containers go on. */
  disconnect(node: string): void {
    this.#node(node).cutOff()
  }

  reconnect(node: string): void {
    this.#node(node).reconnect()
  }

  /** With a reason the node says Ready=False until it is called without. */
  setUnready(node: string, reason?: string): void {
    this.#node(node).setUnready(reason)
  }

  setPressure(node: string, pressure: Pressure, on: boolean): void {
    this.#node(node).setPressure(pressure, on)
  }

  /** Something changes on a machine that no container has done. */
  apply(node: string, effect: MachineEffect): void {
    this.#node(node).apply(effect)
  }

  /** The machine is taken away for good; its Node object is left to others. */
  removeNode(name: string): void {
    const node = this.#node(name)
    node.kill()
    node.stop()
    this.#heartbeats?.remove(node)
    this.controlPlane.remove(name)
    this.#nodes.delete(name)
  }

  /** Pods that have been bound to these nodes and are not gone. */
  podCount(): number {
    return [...this.#nodes.values()].reduce((sum, node) => sum + node.pods.count, 0)
  }

  #add(machine: Machine, images?: ReadonlyMap<string, MachineImage>): NodeKubelet {
    const node = new NodeKubelet(machine, this.#ordinal, this.#options, images)
    this.#ordinal += 1
    this.#nodes.set(machine.name, node)
    this.#heartbeats?.add(node)
    if (machine.role === 'Server') {
      this.controlPlane.add({ node: machine.name, version: machine.kubeletVersion, serving: true, etcd: 'Up' })
    }
    return node
  }

  #node(name: string): NodeKubelet {
    const node = this.#nodes.get(name)
    if (node === undefined) throw new RangeError(`there is no kubelet for node ${name}`)
    return node
  }
}
