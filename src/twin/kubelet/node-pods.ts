import type { Pod } from 'kubernetes-types/core/v1'
import { podRequests } from '../../core/scheduling/pod-requests.ts'
import { ResourceSum } from '../../core/scheduling/resources.ts'
import { parseVersion } from '../../core/version/kubernetes-version.ts'
import type { Machine } from '../machine/machine.ts'
import { admitPod, asksForLabels, isMirror } from './admit-pod.ts'
import { courseOf } from './image-behaviour.ts'
import type { AttachedVolume } from './kubelet-api.ts'
import type { KubeletOptions } from './kubelet-options.ts'
import type { NodeImages } from './node-images.ts'
import type { Pressure } from './node-status.ts'
import type { ContainerCourse } from './pod/container-course.ts'
import type { ContainerRun } from './pod/container-run.ts'
import { firstToEvict } from './pod/eviction-rank.ts'
import type { PodEvent } from './pod/kubelet-words.ts'
import type { PodRun, PodVerdict } from './pod/pod-run.ts'
import type { PodStatusContext } from './pod/pod-status.ts'
import type { PodTimings } from './pod/pod-timings.ts'
import type { PodSurroundings } from './pod/turn.ts'
import type { PodHost } from './pod-host.ts'
import type { PodIps } from './pod-ips.ts'
import { lackOf, type PodLack } from './pod-lack.ts'
import { PodWorker } from './pod-worker.ts'
import { manifestHash } from './static-pods.ts'

/** What the pods of a node must know of it. */
export interface PodGround {
  readonly options: KubeletOptions
  readonly images: NodeImages
  readonly ips: PodIps
  readonly pressures: ReadonlySet<Pressure>
  machine(): Machine
  isPresent(): boolean
  happened: PodHost['happened']
  /** The node uses other volumes than before. */
  volumesChanged(): void
}

/** The pods of one node, what they take of it, and what they are told of it. */
export class NodePods implements PodHost {
  readonly #ground: PodGround
  readonly #workers = new Map<string, PodWorker>()
  /** What runs of static pods whose mirror pods are gone, by the hash of their manifest. */
  readonly #static = new Map<string, PodRun>()
  readonly #used = new ResourceSum()
  #admitted = 0
  /** What was read last: a kubelet is asked for its minor far more often than it gets another. */
  #version = { text: '', minor: 0 }
  /** What the pods use of attached volumes, by UID of the pod. */
  readonly #volumes = new Map<string, readonly string[]>()

  constructor(ground: PodGround) {
    this.#ground = ground
  }

  get clock() {
    return this.#ground.options.clock
  }

  get api() {
    return this.#ground.options.api
  }

  get retryMs(): number {
    return this.#ground.options.retrySeconds * 1000
  }

  get minor(): number {
    const { kubeletVersion } = this.#ground.machine()
    if (this.#version.text !== kubeletVersion) this.#version = { text: kubeletVersion, minor: parseVersion(kubeletVersion)?.minor ?? 30 }
    return this.#version.minor
  }

  get workers(): IterableIterator<PodWorker> {
    return this.#workers.values()
  }

  get count(): number {
    return this.#workers.size
  }

  /** As the status of a node has it. Source: Kubernetes kubelet, `status.volumesInUse`. */
  get volumesInUse(): readonly string[] {
    return [...new Set([...this.#volumes.values()].flat())].sort()
  }

  seen(pod: Pod): void {
    const uid = pod.metadata?.uid ?? ''
    const known = this.#workers.get(uid)
    if (known === undefined) this.#take(pod, uid)
    else known.see(pod)
  }

  #take(pod: Pod, uid: string): void {
    const { phase, startTime } = pod.status ?? {}
    if ((phase === 'Succeeded' || phase === 'Failed') && pod.metadata?.deletionTimestamp === undefined) return
    // a mirror pod that was deleted comes back, and its containers have never been away
    const run = isMirror(pod) ? this.#static.get(manifestHash(pod) ?? '') : undefined
    const worker = new PodWorker(pod, this, run)
    this.#static.delete(manifestHash(pod) ?? '')
    this.#workers.set(uid, worker)
    if (startTime !== undefined || run !== undefined) this.#takeUp(pod, worker)
    worker.see(pod)
  }

  gone(pod: Pod): void {
    const uid = pod.metadata?.uid ?? ''
    const worker = this.#workers.get(uid)
    if (isMirror(pod) && worker?.run !== undefined) this.#static.set(manifestHash(pod) ?? '', worker.run)
    worker?.end()
    this.#workers.delete(uid)
    this.#ground.ips.free(uid)
    this.#ground.options.logs.forget(pod.metadata?.namespace ?? 'default', pod.metadata?.name ?? '')
  }

  /** The kubelet ends one pod because its node is short of something. */
  evictOne(pressure: Pressure): void {
    const pod = firstToEvict([...this.workers].map((worker) => worker.pod))
    const worker = this.#workers.get(pod?.metadata?.uid ?? '')
    if (pod === undefined || worker === undefined) return
    const resource = { Memory: 'memory', Disk: 'ephemeral-storage', PID: 'pids' }[pressure]
    const verdict = { reason: 'Evicted', message: `The node was low on resource: ${resource}. ` }
    this.event(pod, { type: 'Warning', ...verdict })
    worker.fail({ ...verdict, disruption: 'TerminationByKubelet' })
  }

  /** A pod that ran before: its image is on the node, its share is taken. */
  #takeUp(pod: Pod, worker: PodWorker): void {
    worker.adopt()
    const { podIP } = pod.status ?? {}
    if (podIP !== undefined && pod.spec?.hostNetwork !== true) this.#ground.ips.keep(pod.metadata?.uid ?? '', podIP)
    this.#add(pod, 1)
    this.#use(pod, this.api.volumesOf(pod))
    const bytes = this.timingsOf(pod).imageBytes
    for (const { image = '' } of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])])
      this.#ground.images.add(image, bytes)
  }

  isPresent(): boolean {
    return this.#ground.isPresent()
  }

  timingsOf(pod: Pod): PodTimings {
    return this.#ground.options.timingsOf(pod)
  }

  statusContext(nowMs: number, before: PodStatusContext['before']): PodStatusContext {
    const { address, runtime } = this.#ground.machine()
    return { hostIp: address, runtime: runtime.name, minor: this.minor, nowMs, before }
  }

  surroundingsOf(pod: Pod): PodSurroundings {
    const timings = this.timingsOf(pod)
    return {
      timings,
      minor: this.minor,
      courseOf: (container) => this.courseOf(pod, container),
      pull: ({ spec }) => this.#ground.images.pull(spec, timings, this.clock.now()),
    }
  }

  courseOf(pod: Pod, { spec, role, restartCount }: Pick<ContainerRun, 'spec' | 'role' | 'restartCount'>): ContainerCourse {
    const start = { pod, container: spec, role, machine: this.#ground.machine(), restarts: restartCount }
    return courseOf(start, this.#ground.options.behaviours, this.timingsOf(pod))
  }

  async admit(pod: Pod): Promise<PodVerdict | undefined> {
    const { allocatable, name } = this.#ground.machine()
    const labels = asksForLabels(pod, name) ? ((await this.api.getNode(name))?.metadata?.labels ?? {}) : {}
    const room = { name, labels, allocatable, used: this.#used, pods: this.#admitted, pressures: this.#ground.pressures }
    const verdict = admitPod(pod, room)
    if (verdict === undefined) this.#add(pod, 1)
    return verdict
  }

  release(pod: Pod): void {
    this.#add(pod, -1)
    if (this.#volumes.delete(pod.metadata?.uid ?? '')) this.#ground.volumesChanged()
  }

  newPodIp(pod: Pod): string {
    return this.#ground.ips.take(pod.metadata?.uid ?? '')
  }

  event(pod: Pod, { type, reason, message, container }: PodEvent): void {
    const { events, api } = this.#ground.options
    if (events === 'None' || (events === 'Warnings' && type === 'Normal')) return
    const init = pod.spec?.initContainers?.some(({ name }) => name === container)
    const fieldPath = container === undefined ? {} : { fieldPath: `spec.${init ? 'initContainers' : 'containers'}{${container}}` }
    api.event({ about: pod, type, reason, message, node: this.#ground.machine().name, ...fieldPath })
  }

  happened(...said: Parameters<PodHost['happened']>): void {
    this.#ground.happened(...said)
  }

  async lackOf(pod: Pod): Promise<PodLack | undefined> {
    const volumes = this.api.volumesOf(pod)
    if (this.#use(pod, volumes)) this.#ground.volumesChanged()
    return await lackOf(pod, this.api, volumes)
  }

  /** True when that is news. */
  #use({ metadata }: Pod, volumes: readonly AttachedVolume[]): boolean {
    const uid = metadata?.uid ?? ''
    if (volumes.length === (this.#volumes.get(uid)?.length ?? 0)) return false
    this.#volumes.set(
      uid,
      volumes.map(({ name }) => name),
    )
    return true
  }

  #add(pod: Pod, times: 1 | -1): void {
    this.#used.add(podRequests(pod), times)
    this.#admitted += times
  }
}
