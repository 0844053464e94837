import type { Pod } from 'kubernetes-types/core/v1'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import type { Clock } from '../../../cluster/clock.ts'
import { type BudgetPod, budgetStatus, forgetsAtMs } from '../../../core/drain/budget-status.ts'
import { type BudgetFacts, type BudgetStatus, budgetFacts } from '../../../core/drain/disruption-budget.ts'
import { isPodReady } from '../../../core/kubernetes/pod-state.ts'
import { sameJson } from '../../api/same-json.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { keyOf, nameOf } from '../../object-key.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import type { KnownKinds } from '../known-kinds.ts'
import { LabelledObjects } from '../labelled-objects.ts'
import { isOwnStatus, ownStatus } from '../own-status.ts'
import { SelectingObjects } from '../selecting-objects.ts'
import { budgetPod } from './budget-pod.ts'
import { budgetSelector } from './budget-selector.ts'
import { budgetEvents, notDeletedEvent } from './disruption-events.ts'
import { scaleLookup } from './pod-scale.ts'
import { writtenBudgetStatus } from './written-budget-status.ts'

const budgets = 'poddisruptionbudgets.policy'

export interface DisruptionOptions {
  readonly clock: Clock
  readonly minor: number
  readonly kinds: KnownKinds
  /** Shared with other controllers; made when it is missing. */
  readonly pods?: LabelledObjects
}

/**
 * Keeps `status` of every PodDisruptionBudget: what is healthy, what must be, how many may go. A change of a pod wakes only the budgets that
 * match it. Source: Kubernetes disruption controller.
 */
export class DisruptionController implements Controller {
  readonly name = 'disruption'
  readonly watches = [
    { resource: budgets, keysOf: (change: Change) => (isOwnStatus(change) ? [] : [nameOf(change.object)]) },
    { resource: 'pods', keysOf: (change: Change) => this.#wokenBy(change) },
  ]
  readonly #client: TwinClient
  readonly #options: DisruptionOptions
  readonly #pods: LabelledObjects
  readonly #matching: SelectingObjects

  constructor(client: TwinClient, options: DisruptionOptions) {
    this.#client = client
    this.#options = options
    this.#pods = options.pods ?? new LabelledObjects(client.store, 'pods')
    this.#matching = new SelectingObjects(client.store, budgets, (budget) => budgetSelector(budget, options.minor))
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { namespace, name } = keyOf(key)
    const budget = this.#client.store.get(budgets, namespace, name)
    if (budget === undefined) return undefined
    const selector = budgetSelector(budget, this.#options.minor)
    const pods = this.#pods.select(namespace ?? '', selector)
    const { selector: _, ...facts } = budgetFacts(budget)
    const judged: BudgetFacts = { ...facts, ...(selector === undefined ? {} : { selector }) }
    const seen = pods.map(budgetPod)
    const computed = this.#compute(judged, seen)
    await this.#write(budget, computed)
    for (const event of budgetEvents(budget, judged, seen, computed)) await this.#client.event(event)
    await this.#tellForgotten(judged, pods, computed)
    // Tried again, later and later, as every sync that has failed.
    if (computed.syncFailed !== undefined) throw new Error(`PodDisruptionBudget ${key}: ${computed.syncFailed}`)
    const atMs = forgetsAtMs(computed)
    return atMs === undefined ? undefined : { afterMs: Math.max(atMs - this.#options.clock.now(), 0) }
  }

  #compute(budget: BudgetFacts, pods: readonly BudgetPod[]): BudgetStatus {
    const source = { store: this.#client.store, kinds: this.#options.kinds, minor: this.#options.minor }
    const nowMs = this.#options.clock.now()
    return budgetStatus({ budget, pods, scaleOf: scaleLookup(source), nowMs })
  }

  async #write(budget: KubeObject, computed: BudgetStatus): Promise<void> {
    const stored = as<PodDisruptionBudget>(budget).status
    const at = { nowMs: this.#options.clock.now(), minor: this.#options.minor }
    const status = writtenBudgetStatus(computed, stored, at)
    if (!sameJson(status, stored)) await this.#client.update(budgets, { ...budget, status: ownStatus(status) }, 'status')
  }

  async #tellForgotten(facts: BudgetFacts, pods: readonly KubeObject[], computed: BudgetStatus): Promise<void> {
    if (Object.keys(facts.status.disruptedPods).length === 0) return
    for (const pod of pods) {
      const { name, deletionTimestamp } = pod.metadata
      const forgotten = Object.hasOwn(facts.status.disruptedPods, name) && !Object.hasOwn(computed.disruptedPods, name)
      if (forgotten && deletionTimestamp === undefined) await this.#client.event(notDeletedEvent(pod))
    }
  }

  /** A pod that has lost its labels wakes the budgets it has left, too. */
  #wokenBy({ object, previous, kind }: Change): readonly string[] {
    if (kind === 'Modified' && previous !== undefined && countsAlike(object, previous)) return []
    const matching = new Set(this.#matching.of(object))
    if (previous !== undefined && previous.metadata.labels !== object.metadata.labels) {
      for (const budget of this.#matching.of(previous)) matching.add(budget)
    }
    return [...matching].map(nameOf)
  }
}

/** Whether no budget can tell two versions of a pod apart: of one that is being deleted it does not count whether it is ready. */
function countsAlike(a: KubeObject, b: KubeObject): boolean {
  const { deletionTimestamp, labels, ownerReferences } = a.metadata
  return (
    deletionTimestamp === b.metadata.deletionTimestamp &&
    (deletionTimestamp !== undefined || isPodReady(as<Pod>(a).status) === isPodReady(as<Pod>(b).status)) &&
    sameJson(labels, b.metadata.labels) &&
    sameJson(ownerReferences, b.metadata.ownerReferences)
  )
}
