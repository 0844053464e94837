import { setTimeout as sleep } from 'node:timers/promises'
import type { PlainApi } from '../plain-api.ts'
import type { ContainerRun } from './container-behaviour.ts'
import type { KubeletNode } from './kubelet-node.ts'
import { persistentWrite } from './persistent-write.ts'
import { type ContainerObject, type PodObject, podPath } from './pod-object.ts'
import { type ContainerState, type PodState, podStatus } from './pod-status.ts'

/** What a pod's life needs of its surroundings. */
export interface PodHost {
  readonly api: PlainApi
  readonly node: KubeletNode
  readonly podIp: string
  /** Aborts when the simulation stops. */
  readonly signal: AbortSignal
  /** How the container goes that is about to start. */
  begin(pod: PodObject, container: ContainerObject, init: boolean): ContainerRun
  /** A container has ended of itself; resolves when its effect on the node is there. */
  ended(pod: PodObject, container: ContainerObject, end: ContainerEnd): Promise<void>
}

/** How a container has ended, and how it was meant to go. */
export interface ContainerEnd {
  readonly run: ContainerRun
  readonly exitCode: number
  readonly log: string
}

interface Slot {
  readonly spec: ContainerObject
  state: ContainerState
}

/** One pod on one simulated kubelet, from its binding to its end. */
export class PodLife {
  private pod: PodObject
  private readonly host: PodHost
  private readonly stopping = new AbortController()
  private readonly init: Slot[]
  private readonly main: Slot[]
  private readonly startedMs = Date.now()
  private restarts = 0
  private over = false
  private stopSeconds = 0
  private deleting = false
  private writing: Promise<void> | undefined
  private dirty = false

  constructor(pod: PodObject, host: PodHost) {
    this.pod = pod
    this.host = host
    const slots = (specs: readonly ContainerObject[] = []): Slot[] =>
      specs.map((spec) => ({ spec, state: { kind: 'Waiting', reason: 'PodInitializing', message: '' } }))
    this.init = slots(pod.spec.initContainers)
    this.main = slots(pod.spec.containers)
  }

  async run(): Promise<void> {
    for (const slot of this.init) {
      const exitCode = await this.untilDone(slot, true)
      if (this.stopping.signal.aborted) return
      if (exitCode !== 0) return this.finish()
    }
    await Promise.all(this.main.map((slot) => this.untilDone(slot, false)))
    if (!this.stopping.signal.aborted) await this.finish()
  }

  /** The API server has marked the pod for deletion: containers end within the grace, then the object goes. */
  async remove(pod: PodObject): Promise<void> {
    this.pod = pod
    if (this.deleting) return
    this.deleting = true
    const seconds = Math.min(this.stopSeconds, pod.metadata.deletionGracePeriodSeconds ?? 0)
    if (seconds > 0) await sleep(seconds * 1000, undefined, { signal: this.host.signal }).catch(() => undefined)
    this.stopping.abort()
    await this.host.node.present()
    const { uid } = pod.metadata
    const options = { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0, preconditions: { uid } }
    const removal = () =>
      this.host.api.delete(podPath(pod), options).catch((error: { status?: number }) => {
        if (error.status !== 409) throw error // another pod of this name is there by now
      })
    await persistentWrite(removal, this.host.signal)
  }

  /** The object is gone, or the simulation ends: nothing more is written. */
  forget(): void {
    this.deleting = true
    this.stopping.abort()
  }

  /** Runs a container as often as the restart policy asks for; gives the last exit code. */
  private async untilDone(slot: Slot, init: boolean): Promise<number> {
    const policy = this.pod.spec.restartPolicy ?? 'Always'
    for (;;) {
      const exitCode = await this.runOnce(slot, init)
      const again = policy === 'Always' ? !init || exitCode !== 0 : policy === 'OnFailure' && exitCode !== 0
      if (!again || this.stopping.signal.aborted) return exitCode
      this.restarts += 1
      await this.pause(1)
    }
  }

  private async runOnce(slot: Slot, init: boolean): Promise<number> {
    const run = this.host.begin(this.pod, slot.spec, init)
    this.stopSeconds = Math.max(this.stopSeconds, run.stopSeconds ?? 0)
    if (run.waiting !== undefined) {
      this.set(slot, { kind: 'Waiting', ...run.waiting })
      await this.pause(Number.POSITIVE_INFINITY)
      return 1
    }
    const sinceMs = Date.now()
    this.set(slot, { kind: 'Running', sinceMs })
    await this.pause(run.seconds)
    if (this.stopping.signal.aborted) return 1
    const { exitCode, log } = (await run.act?.(this.stopping.signal)) ?? run
    if (this.stopping.signal.aborted) return 1
    await this.host.ended(this.pod, slot.spec, { run, exitCode, log })
    slot.state = { kind: 'Terminated', exitCode, sinceMs, untilMs: Date.now() }
    return exitCode
  }

  private async finish(): Promise<void> {
    this.over = true
    this.report()
    await this.writing
  }

  private set(slot: Slot, state: ContainerState): void {
    slot.state = state
    this.report()
  }

  // one write at a time; states that are overtaken while it is under way are never written, as with a real kubelet
  private report(): void {
    this.dirty = true
    this.writing ??= this.write().finally(() => {
      this.writing = undefined
    })
  }

  private async write(): Promise<void> {
    while (this.dirty && !this.deleting) {
      await this.host.node.present()
      this.dirty = false
      const state: PodState = {
        init: this.init.map((slot) => slot.state),
        main: this.main.map((slot) => slot.state),
        restarts: this.restarts,
        over: this.over,
      }
      const status = podStatus(this.pod, state, { podIp: this.host.podIp, startedMs: this.startedMs, nowMs: Date.now() })
      await persistentWrite(() => this.host.api.patch(`${podPath(this.pod)}/status`, { status }), this.host.signal)
    }
  }

  private async pause(seconds: number): Promise<void> {
    const { signal } = this.stopping
    if (signal.aborted || seconds <= 0) return
    if (Number.isFinite(seconds)) await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined)
    else await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  }
}
