import type { StatefulSetStatus } from 'kubernetes-types/apps/v1'
import { isAvailable, isReady, isTerminating } from '../pod-state.ts'
import type { PodObject, StatefulSetObject } from '../workload-objects.ts'
import { isImpaired, ordinalOf, revisionOf } from './stateful-pod.ts'

/** One thing to do; they are done in their order, and one that fails ends it. */
export type StatefulSetAction =
  | { readonly kind: 'Create'; readonly ordinal: number; readonly revision: string }
  | { readonly kind: 'Repair'; readonly pod: PodObject; readonly ordinal: number }
  | { readonly kind: 'Delete'; readonly pod: PodObject; readonly why: 'Failed' | 'Succeeded' | 'ScaleDown' | 'Update' }

export interface StatefulSetInput {
  readonly set: StatefulSetObject
  /** Its pods, also those that are being deleted. */
  readonly pods: readonly PodObject[]
  /** Names of the ControllerRevisions: from which the set comes, and to which it goes. */
  readonly currentRevision: string
  readonly updateRevision: string
  readonly minor: number
  readonly nowMs: number
}

export interface StatefulSetDecision {
  readonly actions: readonly StatefulSetAction[]
  readonly status: StatefulSetStatus
}

type Counts = Required<Pick<StatefulSetStatus, 'replicas' | 'readyReplicas' | 'currentReplicas' | 'updatedReplicas'>>

/** What is at an ordinal: a pod, or none yet. */
interface Slot {
  readonly ordinal: number
  pod: PodObject | undefined
}

/**
 * What a StatefulSet does next: missing pods are created from the lowest ordinal, surplus ones deleted from the highest, old ones replaced from
 * the highest. With OrderedReady one thing at a time, and only while all pods before it run and are ready.
 * Source: Kubernetes, StatefulSet controller updateStatefulSet; documentation of StatefulSet, Deployment and Scaling Guarantees.
 */
export function decideStatefulSet(input: StatefulSetInput): StatefulSetDecision {
  const turn = new StatefulSetTurn(input)
  if (input.set.metadata.deletionTimestamp === undefined) turn.run()
  return turn.decision()
}

class StatefulSetTurn {
  readonly #input: StatefulSetInput
  readonly #actions: StatefulSetAction[] = []
  readonly #counts: Counts
  readonly #slots: readonly Slot[]
  /** Pods above the highest ordinal (and below the lowest), lowest first. */
  readonly #condemned: readonly PodObject[]
  readonly #monotonic: boolean
  readonly #minReadySeconds: number

  constructor(input: StatefulSetInput) {
    const { set, pods, minor } = input
    this.#input = input
    this.#monotonic = set.spec.podManagementPolicy !== 'Parallel'
    this.#minReadySeconds = minor >= 23 ? (set.spec.minReadySeconds ?? 0) : 0
    this.#counts = this.#count(pods)
    const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod) ?? -1, pod]))
    const start = firstOrdinal(input)
    const slots = Array.from({ length: set.spec.replicas ?? 1 }, (_, at) => ({ ordinal: start + at, pod: byOrdinal.get(start + at) }))
    this.#slots = slots
    this.#condemned = [...byOrdinal]
      .filter(([ordinal]) => ordinal >= 0 && isCondemned(ordinal, input))
      .sort(([a], [b]) => a - b)
      .map(([, pod]) => pod)
  }

  run(): void {
    if (this.#fill() === 'Wait' || this.#scaleDown() === 'Wait') return
    if (this.#input.set.spec.updateStrategy?.type !== 'OnDelete') this.#update()
  }

  decision(): StatefulSetDecision {
    const { set, currentRevision, updateRevision, pods, minor, nowMs } = this.#input
    const complete =
      set.spec.updateStrategy?.type !== 'OnDelete' &&
      this.#counts.updatedReplicas === this.#counts.replicas &&
      this.#counts.readyReplicas === this.#counts.replicas
    const available = pods.filter((pod) => isRunning(pod) && isAvailable(pod, this.#minReadySeconds, nowMs)).length
    const status = {
      ...this.#counts,
      observedGeneration: set.metadata.generation ?? 0,
      ...(minor >= 22 ? { availableReplicas: available } : {}),
      currentReplicas: complete ? this.#counts.updatedReplicas : this.#counts.currentReplicas,
      currentRevision: complete ? updateRevision : currentRevision,
      updateRevision,
      collisionCount: set.status?.collisionCount ?? 0,
    }
    return { actions: this.#actions, status }
  }

  #count(pods: readonly PodObject[]): Counts {
    const { currentRevision, updateRevision } = this.#input
    const alive = pods.filter((pod) => !isTerminating(pod))
    return {
      replicas: pods.length,
      readyReplicas: pods.filter((pod) => isRunning(pod) && isReady(pod)).length,
      currentReplicas: alive.filter((pod) => revisionOf(pod) === currentRevision).length,
      updatedReplicas: alive.filter((pod) => revisionOf(pod) === updateRevision).length,
    }
  }

  #fill(): 'Wait' | 'GoOn' {
    for (const slot of this.#slots) {
      const ended = this.#ended(slot.pod)
      if (slot.pod !== undefined && ended !== undefined) {
        this.#delete(slot.pod, ended)
        this.#counts.replicas -= 1
        slot.pod = undefined
      }
      if (slot.pod === undefined) {
        this.#create(slot)
        if (this.#monotonic) return 'Wait'
        continue
      }
      if (this.#monotonic && (isTerminating(slot.pod) || !this.#isUp(slot.pod))) return 'Wait'
      if (isImpaired(this.#input.set, slot.pod, slot.ordinal)) this.#actions.push({ kind: 'Repair', pod: slot.pod, ordinal: slot.ordinal })
    }
    return 'GoOn'
  }

  /** Such a pod is deleted and made anew; from 1.27 also one that has succeeded. */
  #ended(pod: PodObject | undefined): 'Failed' | 'Succeeded' | undefined {
    const phase = pod?.status?.phase
    if (phase === 'Failed') return 'Failed'
    return phase === 'Succeeded' && this.#input.minor >= 27 ? 'Succeeded' : undefined
  }

  #create({ ordinal }: Slot): void {
    const revision = this.#revisionFor(ordinal)
    this.#actions.push({ kind: 'Create', ordinal, revision })
    this.#counts.replicas += 1
    if (revision === this.#input.currentRevision) this.#counts.currentReplicas += 1
    if (revision === this.#input.updateRevision) this.#counts.updatedReplicas += 1
  }

  #scaleDown(): 'Wait' | 'GoOn' {
    const firstUnhealthy = this.#firstUnhealthy()
    for (const pod of this.#condemned.toReversed()) {
      if (isTerminating(pod)) {
        if (this.#monotonic) return 'Wait'
        continue
      }
      if (this.#monotonic && !this.#isUp(pod) && pod !== firstUnhealthy) return 'Wait'
      this.#delete(pod, 'ScaleDown')
      if (this.#monotonic) return 'Wait'
    }
    return 'GoOn'
  }

  #firstUnhealthy(): PodObject | undefined {
    const pods = [...this.#slots.flatMap(({ pod }) => pod ?? []), ...this.#condemned]
    return pods.find((pod) => !this.#isHealthy(pod))
  }

  #update(): void {
    const { set, updateRevision } = this.#input
    const partition = firstOrdinal(this.#input) + (set.spec.updateStrategy?.rollingUpdate?.partition ?? 0)
    for (const { ordinal, pod } of this.#slots.toReversed()) {
      if (ordinal < partition || pod === undefined) return
      if (revisionOf(pod) !== updateRevision && !isTerminating(pod)) {
        this.#actions.push({ kind: 'Delete', pod, why: 'Update' })
        this.#counts.currentReplicas -= 1
        return
      }
      if (!this.#isHealthy(pod)) return
    }
  }

  #delete(pod: PodObject, why: 'Failed' | 'Succeeded' | 'ScaleDown'): void {
    this.#actions.push({ kind: 'Delete', pod, why })
    if (revisionOf(pod) === this.#input.currentRevision) this.#counts.currentReplicas -= 1
    if (revisionOf(pod) === this.#input.updateRevision) this.#counts.updatedReplicas -= 1
  }

  /** Below the partition pods are made of the revision from which the set comes. */
  #revisionFor(ordinal: number): string {
    const { set, currentRevision, updateRevision } = this.#input
    const { type, rollingUpdate } = set.spec.updateStrategy ?? {}
    if (type === 'OnDelete') return updateRevision
    const kept = rollingUpdate === undefined ? (set.status?.currentReplicas ?? 0) : (rollingUpdate.partition ?? 0)
    return ordinal < firstOrdinal(this.#input) + kept ? currentRevision : updateRevision
  }

  #isUp(pod: PodObject): boolean {
    return isRunning(pod) && isAvailable(pod, this.#minReadySeconds, this.#input.nowMs)
  }

  #isHealthy(pod: PodObject): boolean {
    return this.#isUp(pod) && !isTerminating(pod)
  }
}

/** From 1.27 the ordinals need not begin with 0. */
function firstOrdinal({ set, minor }: Pick<StatefulSetInput, 'set' | 'minor'>): number {
  return minor >= 27 ? (set.spec.ordinals?.start ?? 0) : 0
}

/** Whether an ordinal is none of those that a set wants to have. */
export function isCondemned(ordinal: number, input: Pick<StatefulSetInput, 'set' | 'minor'>): boolean {
  const start = firstOrdinal(input)
  return ordinal < start || ordinal >= start + (input.set.spec.replicas ?? 1)
}

function isRunning(pod: PodObject): boolean {
  return pod.status?.phase === 'Running'
}
