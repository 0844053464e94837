import type { Clock } from '../../../cluster/clock.ts'
import { StatusError } from '../../api/status-error.ts'
import { apiTime } from '../../api-time.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { isFinished } from './pod-state.ts'
import type { PodObject } from './workload-objects.ts'

export interface FakeNodesOptions {
  /** From binding to Ready; 2 unless told. */
  readonly readySeconds?: number
  /** From the request to delete to the end; 3 unless told. */
  readonly terminationSeconds?: number
}

/** How long the container of a pod runs, and with what exit code it ends: `exit-after: "5"`, `exit-code: "1"`; of index 2 `exit-code-2: "1"`. */
const exitAfter = 'exit-after'
const exitCode = 'exit-code'

/** A scheduler that takes the next node, and kubelets that make pods ready after a time, end them, and delete them. */
export class FakeNodes {
  readonly #client: TwinClient
  readonly #clock: Clock
  readonly #options: FakeNodesOptions
  readonly #known = new Set<string>()
  readonly #terminating = new Set<string>()
  #next = 0
  #free: readonly KubeObject[] | undefined
  #unsubscribe: (() => void) | undefined

  constructor(client: TwinClient, clock: Clock, options: FakeNodesOptions) {
    this.#client = client
    this.#clock = clock
    this.#options = options
  }

  start(): void {
    this.#unsubscribe = this.#client.store.subscribe((change) => this.#hear(change))
  }

  stop(): void {
    this.#unsubscribe?.()
  }

  /** Makes a pod not ready, or ready again. */
  async setReady(name: string, ready: boolean): Promise<void> {
    await this.#setStatus({ namespace: 'default', name }, (pod) => ({ ...pod.status, ...readyStatus(ready, this.#clock.now()) }))
  }

  /** A pod as it is when its containers have ended. */
  async finish(name: string, phase: 'Succeeded' | 'Failed', extra: object = {}): Promise<void> {
    await this.#setStatus({ namespace: 'default', name }, (pod) => ({
      ...pod.status,
      ...readyStatus(false, this.#clock.now()),
      phase,
      containerStatuses: [this.#terminated(phase === 'Succeeded' ? 0 : 1)],
      ...extra,
    }))
  }

  #hear({ resource, object }: Change): void {
    if (resource === 'nodes') this.#free = undefined
    if (resource !== 'pods') return
    const pod = as<PodObject>(object)
    const { uid, deletionTimestamp } = pod.metadata
    if (deletionTimestamp !== undefined && !this.#terminating.has(uid)) {
      this.#terminating.add(uid)
      this.#after(this.#options.terminationSeconds ?? 3, () => this.#end(pod))
    }
    if (this.#known.has(uid)) return
    this.#known.add(uid)
    this.#after(0.1, () => this.#run(pod))
  }

  async #run(pod: PodObject): Promise<void> {
    const node = this.#nodeFor(pod)
    if (node === undefined) {
      this.#after(1, () => this.#run(pod))
      return
    }
    if (!this.#stillThere(pod)) return
    if (pod.spec.nodeName === undefined) await this.#client.bind(pod.metadata, node)
    this.#after(this.#options.readySeconds ?? 2, () => this.#started(pod))
  }

  async #started(pod: PodObject): Promise<void> {
    if (!this.#stillThere(pod)) return
    await this.#setStatus(pod.metadata, () => ({ phase: 'Running', ...readyStatus(true, this.#clock.now()) }))
    const after = pod.metadata.annotations?.[exitAfter]
    if (after === undefined) return
    const ofIndex = `${exitCode}-${pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index']}`
    const code = Number(pod.metadata.annotations?.[ofIndex] ?? pod.metadata.annotations?.[exitCode] ?? 0)
    this.#after(Number(after), async () => {
      if (this.#stillThere(pod) && !this.#hasEnded(pod))
        await this.finish(pod.metadata.name, code === 0 ? 'Succeeded' : 'Failed', { containerStatuses: [this.#terminated(code)] })
    })
  }

  async #end(pod: PodObject): Promise<void> {
    if (!this.#stillThere(pod)) return
    const { namespace, name, uid } = pod.metadata
    await this.#setStatus(pod.metadata, ({ status }) => {
      const phase = status?.phase === 'Succeeded' ? 'Succeeded' : 'Failed'
      return { ...status, ...readyStatus(false, this.#clock.now()), phase, containerStatuses: [this.#terminated(137)] }
    })
    await this.#client.delete('pods', { namespace, name }, { gracePeriodSeconds: 0, uid })
  }

  #terminated(code: number) {
    const terminated = { exitCode: code, finishedAt: apiTime(this.#clock.now()) }
    return { name: 'c', ready: false, restartCount: 0, image: 'i', imageID: '', state: { terminated } }
  }

  #stillThere(pod: PodObject): boolean {
    return this.#client.store.get('pods', pod.metadata.namespace, pod.metadata.name)?.metadata.uid === pod.metadata.uid
  }

  /** A pod that has ended can stay for its finalizers. */
  #hasEnded({ metadata }: PodObject): boolean {
    const pod = this.#client.store.get('pods', metadata.namespace, metadata.name)
    return pod !== undefined && isFinished(as<PodObject>(pod))
  }

  #nodeFor(pod: PodObject): string | undefined {
    const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
    const named = terms[0]?.matchFields?.find(({ key }) => key === 'metadata.name')?.values?.[0]
    if (named !== undefined) return this.#client.store.get('nodes', undefined, named) === undefined ? undefined : named
    const nodes = this.#schedulable()
    return nodes[this.#next++ % Math.max(1, nodes.length)]?.metadata.name
  }

  /** Worked out anew when a node has changed. */
  #schedulable(): readonly KubeObject[] {
    this.#free ??= this.#client.store
      .list('nodes')
      .filter(({ spec }) => (spec as { unschedulable?: boolean } | undefined)?.unschedulable !== true)
    return this.#free
  }

  async #setStatus(key: { namespace?: string; name: string }, next: (pod: PodObject) => object): Promise<void> {
    await this.#client.change('pods', key, (current: KubeObject) => ({ ...current, status: { ...next(as<PodObject>(current)) } }), 'status')
  }

  /** Somebody was faster, or the pod is gone: nothing that a kubelet would die of. */
  #after(seconds: number, act: () => Promise<void>): void {
    this.#clock.after(seconds * 1000, () => {
      act().catch((error: unknown) => {
        if (!(error instanceof StatusError)) throw error
      })
    })
  }
}

function readyStatus(ready: boolean, nowMs: number): object {
  return { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: apiTime(nowMs) }] }
}
