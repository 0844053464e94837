import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { type BudgetFacts, type BudgetStatus, budgetLookup } from './disruption-budget.ts'

/** What the scale of a pod's controller is, as the disruption controller looks it up: a ReplicaSet of a Deployment counts as the Deployment. */
export type PodScale =
  | { readonly kind: 'Scale'; readonly controllerUid: string; readonly replicas: number }
  /** No controller: not counted. */
  | { readonly kind: 'Unmanaged' }
  /** A controller without a scale: the budget cannot be computed. */
  | { readonly kind: 'Unknown'; readonly message: string }

/** What a budget sees of a pod. */
export type BudgetPod = Pick<PodFacts, 'name' | 'namespace' | 'labels' | 'ready' | 'deletionAtMs' | 'controller'>

export interface BudgetStatusInput<P extends BudgetPod = PodFacts> {
  readonly budget: BudgetFacts
  /** At least the pods of the budget's namespace, in all phases, terminating ones too. */
  readonly pods: readonly P[]
  readonly scaleOf: (pod: P) => PodScale
  readonly nowMs: number
}

/** A granted eviction that has not led to a deletion by then is forgotten. Source: Kubernetes disruption controller, DeletionTimeout. */
const deletionTimeoutMs = 120_000

interface Expectation {
  readonly expectedPods: number
  readonly desiredHealthy: number
}

/** A figure, or why there is none. */
type Figure = number | { readonly problem: string }

/**
 * The status that the disruption controller writes for a budget: 0 <= allowed <= max(0, healthy - desired), and 0 while no pod is expected.
 * A budget that cannot be computed allows nothing and keeps the rest of its status, `observedGeneration` included.
 * Source: Kubernetes disruption controller (trySync, updatePdbStatus, failSafe).
 */
export function budgetStatus<P extends BudgetPod = PodFacts>(input: BudgetStatusInput<P>): BudgetStatus {
  const { budget, nowMs } = input
  const guards = budgetLookup([budget])
  const pods = input.pods.filter((pod) => guards(pod).length > 0)
  const expectation = expectationOf(budget, pods, input.scaleOf)
  if ('problem' in expectation) return { ...budget.status, disruptionsAllowed: 0, syncFailed: expectation.problem }
  const disruptedPods = stillDisrupted(budget.status.disruptedPods, pods, nowMs)
  const currentHealthy = pods.filter((pod) => pod.ready && pod.deletionAtMs === undefined && !Object.hasOwn(disruptedPods, pod.name)).length
  const { expectedPods, desiredHealthy } = expectation
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
  return { observedGeneration: budget.generation, disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods, disruptedPods }
}

/** When the status has to be computed again because a granted eviction is forgotten; epoch ms, absent while none is remembered. */
export function forgetsAtMs({ disruptedPods }: BudgetStatus): number | undefined {
  const all = Object.values(disruptedPods)
  return all.length === 0 ? undefined : Math.min(...all) + deletionTimeoutMs
}

/** Whether the scale of the pods' controllers has a part in what a budget asks for. */
export function countsScale({ minAvailable, maxUnavailable }: BudgetFacts): boolean {
  return maxUnavailable !== undefined || typeof minAvailable === 'string'
}

/** Entries of pods that are there, not being deleted, and younger than the timeout. */
function stillDisrupted(entries: BudgetStatus['disruptedPods'], pods: readonly BudgetPod[], nowMs: number): BudgetStatus['disruptedPods'] {
  const staying = new Set(pods.filter((pod) => pod.deletionAtMs === undefined).map((pod) => pod.name))
  return Object.fromEntries(Object.entries(entries).filter(([name, atMs]) => staying.has(name) && atMs + deletionTimeoutMs > nowMs))
}

function expectationOf<P extends BudgetPod>(
  { minAvailable, maxUnavailable }: BudgetFacts,
  pods: readonly P[],
  scaleOf: BudgetStatusInput<P>['scaleOf'],
): Expectation | { readonly problem: string } {
  if (maxUnavailable === undefined && minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 }
  if (maxUnavailable === undefined && typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable }
  const expectedPods = expectedScale(pods, scaleOf)
  if (typeof expectedPods === 'object') return expectedPods
  const limit = amount(maxUnavailable ?? minAvailable ?? 0, expectedPods)
  if (typeof limit === 'object') return limit
  return { expectedPods, desiredHealthy: maxUnavailable === undefined ? limit : Math.max(0, expectedPods - limit) }
}

/** The replicas of all distinct controllers together. */
function expectedScale<P extends BudgetPod>(pods: readonly P[], scaleOf: BudgetStatusInput<P>['scaleOf']): Figure {
  const replicas = new Map<string, number>()
  for (const pod of pods) {
    const scale = scaleOf(pod)
    if (scale.kind === 'Unknown') return { problem: scale.message }
    if (scale.kind === 'Scale') replicas.set(scale.controllerUid, scale.replicas)
  }
  return [...replicas.values()].reduce((sum, n) => sum + n, 0)
}

/** A number as it is, a percentage of `total` rounded up. */
function amount(value: number | string, total: number): Figure {
  if (typeof value === 'number') return value
  const percent = /^(\d{1,9})%$/.exec(value)?.[1]
  return percent === undefined
    ? { problem: `invalid value for IntOrString: ${value} is no percentage` }
    : Math.ceil((Number(percent) * total) / 100)
}
