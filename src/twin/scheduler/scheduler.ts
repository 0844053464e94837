import { setMaxListeners } from 'node:events'
import type { Pod } from 'kubernetes-types/core/v1.js'
import type { Clock } from '../../cluster/clock.ts'
import { type BudgetFacts, budgetFacts } from '../../core/drain/disruption-budget.ts'
import { decidePreemption, type PreemptionVerdict } from '../../core/scheduling/decide-preemption.ts'
import { podClaims } from '../../core/scheduling/filter/volume-binding.ts'
import type { PodInfo } from '../../core/scheduling/pod-info.ts'
import { type ScheduleVerdict, schedulePod } from '../../core/scheduling/schedule-pod.ts'
import { SchedulerCache } from '../../core/scheduling/scheduler-cache.ts'
import type { SchedulingCycle } from '../../core/scheduling/scheduling-cycle.ts'
import { noNodesMessage, unschedulableMessage } from '../../core/scheduling/unschedulable-message.ts'
import { isConflict, planVolumes, type VolumePlan } from '../../core/scheduling/volume-plan.ts'
import { as, type KubeObject } from '../kube-object.ts'
import type { Change } from '../store/object-store.ts'
import type { TwinClient } from '../twin-client.ts'
import { AssumedVolumes } from './assumed-volumes.ts'
import { bindCycle } from './bind-cycle.ts'
import { carryOutPreemption } from './carry-out-preemption.ts'
import { mayHelp } from './cluster-event.ts'
import { type FeedTarget, feed, watchedResources } from './cluster-feed.ts'
import type { QueuedPod } from './queued-pod.ts'
import { SchedulingQueue } from './scheduling-queue.ts'
import { SpreadSelectors } from './spread-selector.ts'
import { type FailedAttempt, unschedulableStatus } from './unschedulable-status.ts'

/** From one attempt to the next. */
const cycleMs = 5

export interface SchedulerOptions {
  readonly client: TwinClient
  readonly clock: Clock
  /** From 0 up to, and without, 1; breaks ties. */
  readonly random: () => number
  /** Minor of Kubernetes 1 whose scheduler it is. */
  readonly minor: number
  /** `default-scheduler` unless told; pods of others are left alone. */
  readonly schedulerName?: string
  /** Told what went wrong with a pod beyond what its status says; the pod is tried again anyway. */
  readonly onFailure?: (pod: string, error: unknown) => void
}

/** Gives a node to every pod that has none and fits somewhere: one at a time, the most important first. Source: kube-scheduler. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #schedulerName: string
  readonly #cache = new SchedulerCache()
  readonly #volumes: AssumedVolumes
  readonly #spreadSelectors: SpreadSelectors
  readonly #queue: SchedulingQueue
  readonly #target: FeedTarget
  #unsubscribe: (() => void) | undefined
  #stopped = new AbortController()
  #cancelCycle: (() => void) | undefined
  #flush: { readonly atMs: number; readonly cancel: () => void } | undefined
  #startIndex = 0

  constructor(options: SchedulerOptions) {
    const { client, clock, minor, schedulerName = 'default-scheduler' } = options
    this.#options = options
    this.#schedulerName = schedulerName
    this.#volumes = new AssumedVolumes(client.store)
    this.#spreadSelectors = new SpreadSelectors(client.store)
    this.#queue = new SchedulingQueue({ minor, startMs: clock.now() })
    this.#target = { cache: this.#cache, queue: this.#queue, minor, schedulerName, now: () => clock.now() }
  }

  /** Begins with everything that is there. */
  start(): void {
    if (this.#unsubscribe !== undefined) return
    const { store } = this.#options.client
    this.#stopped = new AbortController()
    setMaxListeners(0, this.#stopped.signal)
    this.#unsubscribe = store.subscribe((change) => this.#hear(change), [...watchedResources, 'services'])
    for (const resource of watchedResources) {
      for (const object of store.list(resource)) this.#hear({ resource, kind: 'Added', object, resourceVersion: store.resourceVersion })
    }
  }

  /** Nothing new is begun, and volumes are waited for no more; a binding that is under way comes to its end. */
  stop(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#cancelCycle?.()
    this.#cancelCycle = undefined
    this.#flush?.cancel()
    this.#flush = undefined
    this.#stopped.abort()
  }

  #hear(change: Change): void {
    if (change.resource === 'services') this.#spreadSelectors.forget()
    else if (watchedResources.includes(change.resource)) {
      feed(this.#target, change)
      this.#arrange()
    }
  }

  /** Sees to it that what waits in the queue is looked at in time. */
  #arrange(): void {
    if (this.#unsubscribe === undefined) return
    const { clock } = this.#options
    if (this.#cancelCycle === undefined && this.#queue.hasActive()) this.#cancelCycle = clock.after(cycleMs, () => this.#turn())
    const atMs = this.#queue.nextFlushAtMs()
    if (atMs === undefined || (this.#flush !== undefined && this.#flush.atMs <= atMs)) return
    this.#flush?.cancel()
    this.#flush = { atMs, cancel: clock.after(atMs - clock.now(), () => this.#flushQueue()) }
  }

  #flushQueue(): void {
    this.#flush = undefined
    this.#queue.flush(this.#options.clock.now())
    this.#arrange()
  }

  #turn(): void {
    this.#cancelCycle = undefined
    const pod = this.#queue.pop()
    if (pod !== undefined) {
      this.#try(pod).catch((error: unknown) => {
        this.#queue.addFailed(pod, this.#options.clock.now())
        this.#options.onFailure?.(`${pod.info.namespace}/${pod.info.name}`, error)
        this.#arrange()
      })
    }
    this.#arrange()
  }

  async #try(queued: QueuedPod): Promise<void> {
    const { info } = queued
    if (info.terminating) {
      this.#queue.remove(info.uid)
      return this.#say(queued, 'FailedScheduling', `skip schedule deleting pod: ${info.namespace}/${info.name}`)
    }
    const cycle = this.#cycleOf(queued)
    const verdict = schedulePod(cycle, { random: this.#options.random, startIndex: this.#startIndex })
    if (verdict.kind !== 'NoNodes') this.#startIndex = verdict.nextStartIndex
    if (verdict.kind === 'Fits') return this.#bind(queued, cycle, verdict.nodeName)
    return this.#fail(queued, cycle, verdict)
  }

  #cycleOf({ info }: QueuedPod): SchedulingCycle {
    const { minor } = this.#options
    const spreadSelector = this.#spreadSelectors.of(info)
    const cycle = { pod: info, cache: this.#cache, volumes: this.#volumes, minor }
    return spreadSelector === undefined ? cycle : { ...cycle, spreadSelector }
  }

  /** From here on the pod counts as running on the node, so that the next one can be tried while it is being bound. */
  async #bind(queued: QueuedPod, cycle: SchedulingCycle, nodeName: string): Promise<void> {
    const { client, clock } = this.#options
    const { info } = queued
    const volumes = volumePlan(cycle, nodeName)
    const release = volumes === undefined ? () => {} : this.#volumes.assume(volumes, nodeName)
    this.#cache.endNomination(info.uid)
    this.#cache.addPod({ ...info, nodeName })
    try {
      await bindCycle({ client, clock, pod: info, nodeName, volumes, signal: this.#stopped.signal })
    } catch (error) {
      release()
      this.#takeBack(info)
      this.#queue.addFailed(queued, clock.now())
      return this.#record(queued, { reason: 'SchedulerError', message: error instanceof Error ? error.message : String(error) })
    }
    release()
    await this.#say(queued, 'Scheduled', `Successfully assigned ${info.namespace}/${info.name} to ${nodeName}`)
  }

  /** The pod has no node after all, unless it got one from somebody else. */
  #takeBack({ uid, namespace, name }: PodInfo): void {
    const { client, clock, minor } = this.#options
    const stored = client.store.get('pods', namespace, name)
    if (stored?.metadata.uid === uid && as<Pod>(stored).spec?.nodeName) return
    this.#cache.removePod(uid)
    if (minor >= 22) this.#queue.wake((pod) => mayHelp('PodDelete', pod, minor), clock.now())
  }

  async #fail(queued: QueuedPod, cycle: SchedulingCycle, verdict: Exclude<ScheduleVerdict, { kind: 'Fits' }>): Promise<void> {
    const { client, clock, random, minor } = this.#options
    if (verdict.kind === 'NoNodes') {
      this.#queue.addUnschedulable(queued, [], clock.now())
      return this.#record(queued, { reason: 'Unschedulable', message: noNodesMessage })
    }
    const preemption = decidePreemption({ cycle, verdict, budgets: this.#budgets(), random })
    if (preemption.kind === 'Preempt') {
      this.#cache.nominate({ ...queued.info, nodeName: preemption.nodeName })
      const context = { client, clock, minor, schedulerName: this.#schedulerName, preemptor: queued.info }
      await carryOutPreemption(context, preemption)
    }
    const said = preemption.kind === 'Refuse' ? { preemption: preemption.message } : {}
    const message = unschedulableMessage(verdict, { nodeCount: this.#cache.nodes().length, minor, ...said })
    const refusedBy = new Set([...verdict.rejections.values()].map(({ plugin }) => plugin))
    this.#queue.addUnschedulable(queued, refusedBy, clock.now())
    await this.#record(queued, { reason: 'Unschedulable', message, ...nomination(preemption) })
  }

  #budgets(): readonly BudgetFacts[] {
    return this.#options.client.store.list('poddisruptionbudgets.policy').map((budget) => budgetFacts(budget))
  }

  /** Says why the pod has no node. */
  async #record(queued: QueuedPod, attempt: FailedAttempt): Promise<void> {
    const { client, clock } = this.#options
    const { namespace, name, uid } = queued.info
    this.#arrange()
    await this.#say(queued, 'FailedScheduling', attempt.message)
    if (client.store.get('pods', namespace, name)?.metadata.uid !== uid) return
    await client.change('pods', { namespace, name }, (pod) => unschedulableStatus(pod, attempt, clock.now()), 'status')
  }

  #say({ info }: QueuedPod, reason: 'Scheduled' | 'FailedScheduling', message: string): Promise<void> {
    const about = info.pod as unknown as KubeObject
    return this.#options.client.event({
      about,
      type: reason === 'Scheduled' ? 'Normal' : 'Warning',
      reason,
      action: reason === 'Scheduled' ? 'Binding' : 'Scheduling',
      message,
      component: this.#schedulerName,
    })
  }
}

function nomination(preemption: PreemptionVerdict): { nominatedNodeName?: string } {
  if (preemption.kind === 'Preempt') return { nominatedNodeName: preemption.nodeName }
  return preemption.nomination === 'Clear' ? { nominatedNodeName: '' } : {}
}

/** What has to happen to the pod's claims before it can be bound; undefined when nothing has. */
function volumePlan(cycle: SchedulingCycle, nodeName: string): VolumePlan | undefined {
  const claims = podClaims(cycle)
  const node = cycle.cache.node(nodeName)
  if (claims === undefined || 'kind' in claims || claims.toBind.length === 0 || node === undefined) return undefined
  const plan = planVolumes(claims.toBind, node, cycle.volumes)
  return isConflict(plan) ? undefined : plan
}
