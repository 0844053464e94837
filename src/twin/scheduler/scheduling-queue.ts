import type { PodInfo } from '../../core/scheduling/pod-info.ts'
import type { FilterName } from '../../core/scheduling/rejection.ts'
import { ActiveHeap } from './active-heap.ts'
import { backoffEndMs, type QueuedPod } from './queued-pod.ts'

/** Pods whose back-off is over, and pods that nothing has woken, are looked for this often. Source: kube-scheduler, scheduling queue. */
const backoffTickMs = 1_000
const leftoverTickMs = 30_000

export interface QueueOptions {
  readonly minor: number
  /** Epoch ms; ticks are counted from here. */
  readonly startMs: number
}

/**
 * The pods that wait for a node: those to be tried now, those that were tried a moment ago, and those that wait for a change of the cluster.
 * All times are epoch ms. Source: kube-scheduler, PriorityQueue.
 */
export class SchedulingQueue {
  readonly #pods = new Map<string, QueuedPod>()
  readonly #active = new ActiveHeap()
  readonly #backoff = new Set<QueuedPod>()
  readonly #unschedulable = new Set<QueuedPod>()
  readonly #startMs: number
  /** How long a pod waits for a change at most. */
  readonly #patienceMs: number
  readonly #knowsGates: boolean
  #arrivals = 0
  #cycle = 0
  /** The last cycle during or before which the cluster changed for the better. */
  #moveCycle = -1
  /** Not after the first deadline of a pod that waits. */
  #nextFlushAtMs = Number.POSITIVE_INFINITY

  constructor({ minor, startMs }: QueueOptions) {
    this.#startMs = startMs
    this.#patienceMs = minor >= 24 ? 300_000 : 60_000
    this.#knowsGates = minor >= 27
  }

  get(uid: string): QueuedPod | undefined {
    return this.#pods.get(uid)
  }

  hasActive(): boolean {
    return this.#active.peek() !== undefined
  }

  add(info: PodInfo, nowMs: number): void {
    const pod: QueuedPod = {
      info,
      attempts: 0,
      sinceMs: nowMs,
      order: this.#arrivals,
      where: 'Gone',
      ticket: 0,
      refusedBy: new Set(),
      cycle: 0,
    }
    this.#arrivals += 1
    this.#pods.set(info.uid, pod)
    this.#put(pod, this.#isGated(info) ? 'Gated' : 'Active')
  }

  /** The pod has changed; `mayHelp`: in something else than its status. */
  update(info: PodInfo, mayHelp: boolean, nowMs: number): void {
    const pod = this.#pods.get(info.uid)
    if (pod === undefined) {
      this.add(info, nowMs)
      return
    }
    const reorder = pod.where === 'Active' && pod.info.priority !== info.priority
    pod.info = info
    if (pod.where === 'Gated' && !this.#isGated(info)) this.#put(pod, 'Active')
    else if (pod.where === 'Unschedulable' && mayHelp) this.#put(pod, backoffEndMs(pod) > nowMs ? 'Backoff' : 'Active')
    else if (reorder) this.#put(pod, 'Active')
  }

  remove(uid: string): void {
    const pod = this.#pods.get(uid)
    if (pod === undefined) return
    this.#pods.delete(uid)
    this.#put(pod, 'Gone')
  }

  /** Takes the next pod to be tried. */
  pop(): QueuedPod | undefined {
    const pod = this.#active.peek()
    if (pod === undefined) return undefined
    this.#put(pod, 'Trying')
    this.#cycle += 1
    pod.attempts += 1
    pod.cycle = this.#cycle
    return pod
  }

  /** A pod found no node: it waits for a change, or for its back-off when there was one meanwhile. */
  addUnschedulable(pod: QueuedPod, refusedBy: Iterable<FilterName>, nowMs: number): void {
    this.#putBack(pod, { where: this.#moveCycle >= pod.cycle ? 'Backoff' : 'Unschedulable', refusedBy, nowMs })
  }

  /** An attempt went wrong: the pod waits for its back-off. */
  addFailed(pod: QueuedPod, nowMs: number): void {
    this.#putBack(pod, { where: 'Backoff', refusedBy: [], nowMs })
  }

  /** Something has changed; pods for which it may help are tried again. */
  wake(mayHelp: (pod: QueuedPod) => boolean, nowMs: number): void {
    for (const pod of this.#unschedulable) {
      if (mayHelp(pod)) this.#put(pod, backoffEndMs(pod) > nowMs ? 'Backoff' : 'Active')
    }
    this.#moveCycle = this.#cycle
  }

  /** Moves the pods that have waited long enough. */
  flush(nowMs: number): void {
    for (const pod of [...this.#backoff].sort((a, b) => backoffEndMs(a) - backoffEndMs(b) || a.order - b.order)) {
      if (this.#backoffAtMs(pod) <= nowMs) this.#put(pod, 'Active')
    }
    for (const pod of this.#unschedulable) {
      if (this.#leftoverAtMs(pod) <= nowMs) this.#put(pod, 'Active')
    }
    this.#nextFlushAtMs = Number.POSITIVE_INFINITY
    for (const pod of this.#backoff) this.#flushBy(this.#backoffAtMs(pod))
    for (const pod of this.#unschedulable) this.#flushBy(this.#leftoverAtMs(pod))
  }

  /** When there may be something to flush; undefined when nothing waits for time. */
  nextFlushAtMs(): number | undefined {
    return this.#nextFlushAtMs === Number.POSITIVE_INFINITY ? undefined : this.#nextFlushAtMs
  }

  #putBack(
    pod: QueuedPod,
    { where, refusedBy, nowMs }: { where: 'Backoff' | 'Unschedulable'; refusedBy: Iterable<FilterName>; nowMs: number },
  ): void {
    if (pod.where !== 'Trying') return
    pod.refusedBy = new Set(refusedBy)
    pod.sinceMs = nowMs
    this.#put(pod, where)
  }

  #flushBy(atMs: number): void {
    this.#nextFlushAtMs = Math.min(this.#nextFlushAtMs, atMs)
  }

  #backoffAtMs(pod: QueuedPod): number {
    return this.#tick(backoffEndMs(pod), backoffTickMs)
  }

  #leftoverAtMs({ sinceMs }: QueuedPod): number {
    return this.#tick(sinceMs + this.#patienceMs + 1, leftoverTickMs)
  }

  /** The first tick at or after a time. */
  #tick(atMs: number, everyMs: number): number {
    return this.#startMs + Math.ceil((atMs - this.#startMs) / everyMs) * everyMs
  }

  #isGated({ pod }: PodInfo): boolean {
    return this.#knowsGates && (pod.spec?.schedulingGates ?? []).length > 0
  }

  #put(pod: QueuedPod, where: QueuedPod['where']): void {
    this.#backoff.delete(pod)
    this.#unschedulable.delete(pod)
    pod.where = where
    pod.ticket += 1
    if (where === 'Active') this.#active.push(pod)
    if (where === 'Backoff') {
      this.#backoff.add(pod)
      this.#flushBy(this.#backoffAtMs(pod))
    }
    if (where === 'Unschedulable') {
      this.#unschedulable.add(pod)
      this.#flushBy(this.#leftoverAtMs(pod))
    }
  }
}
