import type { Node, Pod } from 'kubernetes-types/core/v1'
import { imageName } from '../machine/image-name.ts'
import type { Machine, MachineImage } from '../machine/machine.ts'
import { applyEffect, type MachineEffect, rebooted, restarted, type ServiceRestart } from '../machine/machine-effect.ts'
import { isMirror } from './admit-pod.ts'
import type { Beating } from './heartbeats.ts'
import type { KubeletOptions } from './kubelet-options.ts'
import { NodeImages } from './node-images.ts'
import { NodePods } from './node-pods.ts'
import { NodePressure } from './node-pressure.ts'
import { NodeReporter } from './node-reporter.ts'
import type { Pressure } from './node-status.ts'
import type { CourseEnd } from './pod/container-course.ts'
import type { ContainerEffect } from './pod/turn.ts'
import { PodIps } from './pod-ips.ts'
import { syncStaticPods } from './static-pod-sync.ts'

/** Where a kubelet is: `Away` while its service starts again, `CutOff` from the API server, `Off` with its whole machine. */
type Presence = 'Up' | 'Away' | 'CutOff' | 'Off'

const unsettled = 'PLEG is not healthy: pleg has yet to be successful'

/** One node: its machine, its kubelet, its pods. */
export class NodeKubelet implements Beating {
  readonly images: NodeImages
  readonly pods: NodePods
  readonly #options: KubeletOptions
  readonly #reporter: NodeReporter
  readonly #pressure: NodePressure
  #machine: Machine
  #presence: Presence = 'Up'
  /** Before its Node is there, a Lease or a status would be that of somebody else's. */
  #registration: 'Missing' | 'Done' = 'Missing'
  #lastSeenMs: number
  #unready: string | undefined
  #cancelReturn: (() => void) | undefined

  constructor(machine: Machine, ordinal: number, options: KubeletOptions, images: ReadonlyMap<string, MachineImage> = new Map()) {
    this.#machine = machine
    this.#options = options
    this.#lastSeenMs = options.clock.now()
    this.images = new NodeImages(machine.name, options.registry)
    for (const [image, { bytes }] of images) this.images.add(image, bytes)
    const isPresent = () => this.#presence === 'Up'
    this.#pressure = new NodePressure(options.clock, (pressure) => {
      if (isPresent()) this.pods.evictOne(pressure)
    })
    this.pods = new NodePods({
      options,
      images: this.images,
      ips: new PodIps(ordinal, options.podBlock, () => options.api.podRangeOf?.(this.#machine.name)),
      pressures: this.#pressure.all,
      machine: () => this.#machine,
      isPresent,
      happened: (pod, effect, said) => this.#happened(pod, effect, said),
      volumesChanged: () => void this.#reporter.writeStatus(),
    })
    this.#reporter = new NodeReporter({
      api: options.api,
      clock: options.clock,
      machine: () => this.#machine,
      images: () => this.images.all,
      volumesInUse: () => this.pods.volumesInUse,
      health: () => ({ pressures: this.#pressure.all, ...(this.#unready === undefined ? {} : { unready: this.#unready }) }),
      isPresent,
      retryMs: options.retrySeconds * 1000,
      event: (event) => {
        if (options.events === 'All' || (options.events === 'Warnings' && event.type === 'Warning'))
          options.api.event({ ...event, node: machine.name })
      },
    })
  }

  get machine(): Machine {
    return this.#machine
  }

  /** Whether the machine is switched on. */
  get isOn(): boolean {
    return this.#presence !== 'Off'
  }

  /** When it was there last, epoch ms: now, while it is. */
  lastHeartbeatMs(): number {
    return this.#presence === 'Up' ? this.#options.clock.now() : this.#lastSeenMs
  }

  async register(): Promise<void> {
    await this.#reporter.register()
    this.#registration = 'Done'
    await this.#syncStaticPods()
  }

  adopt(node: Node): void {
    for (const { names = [], sizeBytes = 0 } of node.status?.images ?? []) for (const name of names) this.images.add(name, sizeBytes)
    this.#reporter.adopt(node)
    this.#registration = 'Done'
  }

  beat(what: 'Lease' | 'Status'): void {
    if (this.#presence !== 'Up' || this.#registration === 'Missing') return
    if (what === 'Lease') this.#reporter.renewLease()
    else void this.writeStatus()
  }

  /** Says what its node is now; resolves when that is written, or cannot be for now. */
  async writeStatus(): Promise<void> {
    if (this.#presence === 'Up' && this.#registration === 'Done') await this.#reporter.writeStatus()
  }

  seen(pod: Pod): void {
    this.pods.seen(pod)
  }

  gone(pod: Pod): void {
    this.pods.gone(pod)
    if (isMirror(pod)) void this.#syncStaticPods().catch(() => undefined)
  }

  /** The kubelet's service is started again; containers go on. Of a k3s or RKE2 server the API server goes with it. */
  restart({ awaySeconds = this.#options.restartSeconds, unready = true }: ServiceRestart = {}): void {
    if (this.#presence === 'Off') return
    this.#leave('Away')
    if (this.#machine.distribution !== 'kubeadm') this.#options.controlPlane.setUp(this.#machine.name, false)
    this.#returnAfter(awaySeconds, () => {
      this.#machine = restarted(this.#machine)
      this.#return(unready)
    })
  }

  /** The machine boots: every container is lost, and the boot ID is another afterwards. */
  reboot(bootSeconds = this.#options.bootSeconds): void {
    this.kill()
    this.#returnAfter(bootSeconds, () => this.revive())
  }

  /** The machine goes down and stays so. */
  kill(): void {
    this.#leave('Off')
    this.#options.controlPlane.setUp(this.#machine.name, false)
    for (const worker of this.pods.workers) worker.loseContainers(this.#lastSeenMs)
  }

  /** The machine is switched on again. */
  revive(): void {
    if (this.#presence !== 'Off') return
    this.#machine = rebooted(this.#machine, bootId(this.#options.random))
    const { name } = this.#machine
    this.#options.api.event({
      about: { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name } },
      type: 'Warning',
      reason: 'Rebooted',
      message: `Node ${name} has been rebooted, boot id: ${this.#machine.bootId}`,
      node: name,
    })
    this.#return(true)
  }

  /** The kubelet goes on and nobody hears of it. */
  cutOff(): void {
    if (this.#presence === 'Up') this.#leave('CutOff')
  }

  reconnect(): void {
    if (this.#presence === 'CutOff') this.#return(false)
  }

  /** A reason why the node is not ready, or `undefined` for none. */
  setUnready(reason: string | undefined): void {
    this.#unready = reason
    void this.#reporter.writeStatus()
  }

  setPressure(pressure: Pressure, on: boolean): void {
    this.#pressure.set(pressure, on)
    void this.#reporter.writeStatus()
  }

  apply(effect: MachineEffect): void {
    const { files } = this.#machine
    this.#machine = applyEffect(this.#machine, effect)
    if (effect.kind === 'Reboot') this.reboot()
    else if (effect.kind === 'ReplaceKubernetes' || effect.kind === 'RestartKubelet') this.restart(effect.restart)
    else if (files !== this.#machine.files) void this.#syncStaticPods().catch(() => undefined)
  }

  stop(): void {
    this.#cancelReturn?.()
    this.#pressure.stop()
    this.#presence = 'Off'
    this.#reporter.stop()
    for (const worker of this.pods.workers) worker.end()
  }

  #leave(presence: Presence): void {
    const { clock, onPresence } = this.#options
    const wasUp = this.#presence === 'Up'
    this.#presence = presence
    this.#cancelReturn?.()
    if (!wasUp) return
    this.#lastSeenMs = clock.now()
    onPresence?.({ node: this.#machine.name, present: false, atMs: clock.now() })
  }

  #returnAfter(seconds: number, back: () => void): void {
    this.#cancelReturn = this.#options.clock.after(seconds * 1000, back)
  }

  #return(unready: boolean): void {
    const { controlPlane, clock, onPresence, settleSeconds } = this.#options
    const { name, kubeletVersion, distribution } = this.#machine
    this.#presence = 'Up'
    controlPlane.setUp(name, true)
    if (distribution !== 'kubeadm') controlPlane.change(name, { version: kubeletVersion })
    onPresence?.({ node: name, present: true, atMs: clock.now() })
    this.#unready = unready ? unsettled : undefined
    this.#reporter.renewLease()
    void this.#reporter.writeStatus()
    if (unready) this.#cancelReturn = clock.after(settleSeconds * 1000, () => this.#settled())
    else this.#settled()
  }

  #settled(): void {
    if (this.#unready === unsettled) this.setUnready(undefined)
    for (const worker of this.pods.workers) worker.remake()
    void this.#syncStaticPods().catch(() => undefined)
  }

  #happened(pod: Pod, effect: ContainerEffect, said?: CourseEnd): void {
    const { logs, clock, onContainer } = this.#options
    const { namespace = 'default', name = '' } = pod.metadata ?? {}
    const at = { namespace, pod: name, container: effect.container }
    if (effect.kind === 'Started') {
      logs.begin(namespace, name, effect.container)
      logs.print(at, effect.course.log, clock.now())
    } else {
      logs.print(at, said?.log ?? '', clock.now())
    }
    onContainer?.({ node: this.#machine.name, pod, atMs: clock.now(), effect })
    if (effect.kind === 'Started') this.#startedComponent(pod, effect.container)
    else if (effect.end.exitCode === 0) for (const change of said?.effects ?? effect.course.effects ?? []) this.apply(change)
  }

  /** The API server of a node that runs it as a static pod has the version of its image. */
  #startedComponent(pod: Pod, container: string): void {
    if (container !== 'kube-apiserver' || !isMirror(pod)) return
    const version = imageName(pod.spec?.containers.find(({ name }) => name === container)?.image ?? '').tag
    if (version !== '') this.#options.controlPlane.change(this.#machine.name, { version })
  }

  async #syncStaticPods(): Promise<void> {
    if (this.#presence !== 'Up') return
    const pods = [...this.pods.workers].map((worker) => worker.pod)
    await syncStaticPods({ machine: this.#machine, uid: this.#reporter.uid, pods }, this.#options.api)
  }
}

/** Random in the form of a UUID. */
function bootId(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}
