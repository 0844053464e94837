import type { Pod, PodStatus } from 'kubernetes-types/core/v1'
import { isPodFinished, isPodReady } from '../../core/kubernetes/pod-state.ts'
import { sameJson } from '../api/same-json.ts'
import { isMirror } from './admit-pod.ts'
import type { PodKey } from './kubelet-api.ts'
import { adoptPod, isAtRest } from './pod/adopt-pod.ts'
import { advancePod, isOver } from './pod/advance-pod.ts'
import type { CourseEnd } from './pod/container-course.ts'
import type { ContainerRun } from './pod/container-run.ts'
import { events } from './pod/kubelet-words.ts'
import { loseContainers, newSandbox } from './pod/lose-containers.ts'
import { newPodRun, type PodRun, type PodVerdict } from './pod/pod-run.ts'
import { podStatus, rejectedStatus } from './pod/pod-status.ts'
import { stopDeleted } from './pod/stop-deleted.ts'
import { endContainerNow, killingEvents, stopPod } from './pod/stop-pod.ts'
import type { ContainerEffect } from './pod/turn.ts'
import { PodActs } from './pod-acts.ts'
import type { PodHost } from './pod-host.ts'
import { lackRetryMs } from './pod-lack.ts'

/** From a change of the object to the kubelet's reaction. */
const latencyMs = 10
/** How often a kubelet compares what it has said with what is there. Source: Kubernetes kubelet, status manager syncPeriod. */
const compareMs = 10_000

/** One pod of one kubelet: turns what is decided about it into time, status and events. Knows nothing of a pod that just runs. */
export class PodWorker {
  readonly #host: PodHost
  /** Made for the first container that acts: almost no pod has one. */
  #acts: PodActs | undefined
  #pod: Pod
  #run: PodRun | undefined
  #written: PodStatus | undefined
  #ledger: 'New' | 'Admitted' | 'Released' = 'New'
  #origin: 'New' | 'Found' = 'New'
  #cancel: (() => void) | undefined
  #wakeMs = Number.POSITIVE_INFINITY
  /** When it was admitted, epoch ms: that it waits for its volumes changes nothing about it. */
  #takenMs: number | undefined
  /** How often it has been looked whether all is there that the pod mounts. */
  #looks = 0
  #busy = false
  #again = false
  #over = false

  constructor(pod: Pod, host: PodHost, run?: PodRun) {
    this.#pod = pod
    this.#host = host
    this.#run = run
  }

  get pod(): Pod {
    return this.#pod
  }

  get run(): PodRun | undefined {
    return this.#run
  }

  /** Takes a pod that ran before this kubelet heard of it: its share of the node is its own without being asked for. */
  adopt(): void {
    this.#ledger = 'Admitted'
    this.#origin = 'Found'
  }

  /** The object has come or changed. */
  see(pod: Pod): void {
    const { metadata: old } = this.#pod
    const first = this.#pod === pod
    this.#pod = pod
    const { metadata, spec } = pod
    const ends =
      metadata?.deletionTimestamp !== old?.deletionTimestamp || metadata?.deletionGracePeriodSeconds !== old?.deletionGracePeriodSeconds
    // what the kubelet has written itself comes back as a change and asks nothing of it
    if (first || ends || spec?.readinessGates !== undefined) this.wake(latencyMs)
    else if (isContradicted(pod, this.#written)) this.wake(compareMs)
  }

  /** Looks at the pod in `afterMs` at the latest. */
  wake(afterMs = 0): void {
    if (this.#over) return
    const atMs = this.#host.clock.now() + afterMs
    if (atMs >= this.#wakeMs) return
    this.#cancel?.()
    this.#wakeMs = atMs
    this.#cancel = this.#host.clock.after(afterMs, () => {
      this.#wakeMs = Number.POSITIVE_INFINITY
      void this.#turn()
    })
  }

  /** The kubelet ends it by itself (pressure). */
  fail(verdict: PodVerdict): void {
    const run = this.#runNow()
    if (run === undefined || run.stop !== undefined) return
    for (const event of killingEvents(run)) this.#host.event(this.#pod, event)
    this.#run = stopPod(run, { graceSeconds: 0, nowMs: this.#host.clock.now(), verdict })
    this.wake()
  }

  /** The machine is down: nothing of it runs any more. */
  loseContainers(downMs: number): void {
    const run = this.#runNow()
    this.#acts?.abortAll()
    if (run === undefined || run.failed !== undefined) return
    const policy = this.#pod.spec?.restartPolicy ?? 'Always'
    if (!isOver(run, policy)) this.#run = { ...loseContainers(run, downMs, policy), sandboxMs: Number.POSITIVE_INFINITY }
  }

  /** The machine is back. */
  remake(): void {
    if (this.#run?.sandboxMs === Number.POSITIVE_INFINITY) {
      const { clock } = this.#host
      const sandboxMs = clock.now() + this.#host.timingsOf(this.#pod).sandboxSeconds * 1000
      this.#run = { ...newSandbox(this.#run, sandboxMs), podIp: this.#host.newPodIp(this.#pod) }
      this.#host.event(this.#pod, events.sandboxChanged())
    }
    this.wake()
  }

  /** The object is gone, or the kubelets stop: nothing more happens. */
  end(): void {
    this.#over = true
    this.#cancel?.()
    this.#acts?.abortAll()
    this.#release()
  }

  async #turn(): Promise<void> {
    if (this.#busy) {
      this.#again = true
      return
    }
    this.#busy = true
    try {
      do {
        this.#again = false
        await this.#sync()
      } while (this.#again && !this.#over)
    } catch {
      // the API server did not take it: the kubelet comes again
      this.wake(this.#host.retryMs)
    } finally {
      this.#busy = false
    }
  }

  async #sync(): Promise<void> {
    if (this.#over || !this.#host.isPresent()) return
    if (this.#run === undefined && !(await this.#begin())) return
    if (this.#run === undefined || this.#over) return
    const nowMs = this.#host.clock.now()
    this.#run = this.#stopped(this.#run, nowMs)
    const advance = advancePod(this.#run, this.#pod, this.#host.surroundingsOf(this.#pod), nowMs)
    this.#run = advance.run
    for (const event of advance.events) this.#host.event(this.#pod, event)
    for (const effect of advance.effects) this.#happened(effect)
    // an effect may have ended the kubelet: it reports when it is back
    if (!this.#host.isPresent()) return
    await this.#report(this.#run, nowMs)
    if (advance.wakeMs < Number.POSITIVE_INFINITY) this.wake(Math.max(0, advance.wakeMs - this.#host.clock.now()))
  }

  /** Takes the pod on; false when there is nothing to do for it. */
  async #begin(): Promise<boolean> {
    const { clock } = this.#host
    if (this.#origin === 'Found') {
      if (
        !isContradicted(this.#pod, this.#written) &&
        isAtRest(this.#pod, (spec, role) => this.#host.courseOf(this.#pod, { spec, role, restartCount: 0 }))
      )
        return false
      this.#run = this.#runNow()
      return true
    }
    if (this.#ledger === 'New') {
      const verdict = this.#pod.metadata?.deletionTimestamp === undefined ? await this.#host.admit(this.#pod) : undefined
      if (verdict !== undefined) return await this.#reject(verdict)
      this.#ledger = 'Admitted'
    }
    const nowMs = clock.now()
    this.#takenMs ??= nowMs
    const lack = await this.#host.lackOf(this.#pod)
    const sandboxMs = lack === undefined ? nowMs + this.#host.timingsOf(this.#pod).sandboxSeconds * 1000 : Number.POSITIVE_INFINITY
    if (lack?.kind === 'MissingSource' && this.#written === undefined) this.#host.event(this.#pod, lack.event)
    this.#run = newPodRun(this.#pod, this.#takenMs, sandboxMs)
    if (lack === undefined) {
      this.#run = { ...this.#run, podIp: this.#host.newPodIp(this.#pod) }
      return true
    }
    // until what it mounts is there the pod is looked at again from the beginning
    await this.#report(this.#run, nowMs)
    if (this.#pod.metadata?.deletionTimestamp === undefined) this.#run = undefined
    this.wake(lackRetryMs(this.#looks))
    this.#looks += 1
    return this.#run !== undefined
  }

  async #reject(verdict: PodVerdict): Promise<false> {
    this.#host.event(this.#pod, { type: 'Warning', ...verdict })
    await this.#host.api.writePodStatus(this.#key(), rejectedStatus(this.#pod, verdict, this.#host.minor, this.#host.clock.now()))
    this.#over = true
    return false
  }

  #runNow(): PodRun | undefined {
    if (this.#run !== undefined || this.#origin === 'New') return this.#run
    const courseOf = (spec: ContainerRun['spec'], role: ContainerRun['role']) =>
      this.#host.courseOf(this.#pod, { spec, role, restartCount: 0 })
    return adoptPod(this.#pod, courseOf, this.#host.clock.now())
  }

  #stopped(run: PodRun, nowMs: number): PodRun {
    // a file on the node runs the containers of a mirror pod, whatever becomes of their picture
    if (isMirror(this.#pod)) return run
    const { run: next, events: told } = stopDeleted(run, this.#pod, nowMs)
    for (const event of told) this.#host.event(this.#pod, event)
    return next
  }

  #happened(effect: ContainerEffect): void {
    const said = effect.kind === 'Ended' ? this.#acts?.end(effect.container) : undefined
    this.#host.happened(this.#pod, effect, said)
    const { container, course } = effect
    if (effect.kind !== 'Started' || course.act === undefined) return
    const afterMs = Number.isFinite(course.seconds) ? course.seconds * 1000 : 0
    this.#acts ??= new PodActs()
    this.#acts.begin(container, { clock: this.#host.clock, afterMs, act: course.act }, (end) => this.#acted(container, end))
  }

  /** What a container did by itself is done: it ends now. */
  #acted(name: string, end: CourseEnd): void {
    if (this.#run === undefined || this.#over) return
    this.#run = endContainerNow(this.#run, name, { exitCode: end.exitCode, nowMs: this.#host.clock.now() })
    this.wake()
  }

  async #report(run: PodRun, nowMs: number): Promise<void> {
    const { api } = this.#host
    const status = podStatus(run, this.#pod, this.#host.statusContext(nowMs, this.#written?.conditions))
    if (this.#written === undefined || isContradicted(this.#pod, this.#written) || !sameJson(status, this.#written)) {
      this.#written = status
      try {
        await api.writePodStatus(this.#key(), status)
      } catch (error) {
        this.#written = undefined
        throw error
      }
    }
    const finished = isPodFinished(status)
    if (finished || (run.stop !== undefined && run.stop.endsMs <= nowMs)) this.#release()
    if (this.#pod.metadata?.deletionTimestamp === undefined || !this.#isEnded(run, nowMs)) return
    await api.removePod(this.#key())
  }

  #isEnded(run: PodRun, nowMs: number): boolean {
    if (isMirror(this.#pod)) return true
    return run.stop !== undefined && run.stop.endsMs <= nowMs
  }

  #release(): void {
    if (this.#ledger === 'Admitted') this.#host.release(this.#pod)
    this.#ledger = 'Released'
  }

  #key(): PodKey {
    const { namespace = 'default', name = '', uid = '' } = this.#pod.metadata ?? {}
    return { namespace, name, uid }
  }
}

/** Whether somebody else says of a pod that it is not ready although its kubelet says that it is: the node was not heard of for a while. */
function isContradicted({ metadata, spec, status }: Pod, written: PodStatus | undefined): boolean {
  if (metadata?.deletionTimestamp !== undefined || spec?.readinessGates !== undefined) return false
  if (status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'False') return false
  return written === undefined ? isReadyInside(status) : isPodReady(written)
}

function isReadyInside({ phase, containerStatuses = [] }: PodStatus): boolean {
  return phase === 'Running' && containerStatuses.length > 0 && containerStatuses.every(({ ready }) => ready)
}
