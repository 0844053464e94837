import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { decideEviction, type EvictionVerdict } from './decide-eviction.ts'
import { type BudgetFacts, type BudgetStatus, budgetLookup } from './disruption-budget.ts'
import type { DrainPolicy } from './drain-policy.ts'
import { type BudgetForecast, type EvictionAnswer, firstTryMs, nextTryMs } from './eviction-answer.ts'
import { evictionOrder } from './eviction-order.ts'

/** What stands between a pod and its end. */
export interface PodOutlook {
  readonly pod: PodFacts
  /** `Ask`: request its end now. `Wait`: not before `nextMs`. `Ending`: nothing but time is missing. `Overdue`: even that has passed. */
  readonly kind: 'Ask' | 'Wait' | 'Ending' | 'Overdue'
  /** A clause behind the pod's name. */
  readonly why: string
  /** When this looks different without anything happening; epoch milliseconds. */
  readonly nextMs: number
  /** Set when the pod can never leave as things stand. */
  readonly deadlock?: string
}

export interface OutlookInput {
  /** Absent: budgets may not be read, the server alone judges. */
  readonly budgets?: readonly BudgetFacts[] | undefined
  readonly policy: DrainPolicy
  readonly answers: ReadonlyMap<string, EvictionAnswer>
  readonly startedAtMs: number
  readonly now: number
}

/** How long after its grace period a pod's end is called late: the kubelet needs a moment, too. */
const lateMs = 10_000
/** By then a request has been answered or given up. */
const requestMs = 30_000

/**
 * Looks at every pod that has to leave, in the order in which they are to be asked. What the known budgets have left is dealt out in this order, so
 * that no more pods are asked at once than the budgets let go.
 */
export function drainOutlook(leaving: readonly PodFacts[], input: OutlookInput): readonly PodOutlook[] {
  const lookup = input.budgets === undefined || input.policy.disableEviction ? undefined : budgetLookup(input.budgets)
  const dealt = new Map<BudgetFacts, BudgetStatus>()
  return evictionOrder(leaving, (pod) => lookup?.(pod) ?? []).map((pod) => {
    if (pod.deletionAtMs !== undefined) return endingPod(pod, pod.deletionAtMs, input)
    const guards = lookup?.(pod) ?? []
    const outlook = stayingPod(pod, guards, lookup && decideEviction(pod, guards, input.now), input)
    const [budget] = guards
    if (outlook.kind !== 'Ask' || budget === undefined) return outlook
    const verdict = decideEviction(pod, [{ ...budget, status: dealt.get(budget) ?? budget.status }], input.now)
    if (verdict.verdict === 'Allow' && verdict.consumes) dealt.set(budget, verdict.consumes.status)
    return verdict.verdict === 'Refuse' && dealt.has(budget) ? { ...outlook, kind: 'Wait', why: budgetWhy(guards, '') } : outlook
  })
}

function endingPod(pod: PodFacts, endsAtMs: number, { policy, now }: OutlookInput): PodOutlook {
  const skippedAtMs = endsAtMs + (policy.skipWaitForDeleteTimeoutSeconds + 1) * 1000
  const changes = [endsAtMs + lateMs, ...(policy.skipWaitForDeleteTimeoutSeconds > 0 ? [skippedAtMs] : [])].filter((ms) => ms > now)
  const nextMs = Math.min(...changes)
  if (now < endsAtMs + lateMs) return { pod, kind: 'Ending', why: 'is ending', nextMs }
  const cause =
    pod.finalizers.length > 0
      ? `its finalizer ${pod.finalizers.join(', ')} holds it`
      : 'its kubelet has not reported the end, look at the node and its container runtime'
  return { pod, kind: 'Overdue', why: `is past its grace period: ${cause}`, nextMs }
}

function stayingPod(pod: PodFacts, guards: readonly BudgetFacts[], verdict: EvictionVerdict | undefined, input: OutlookInput): PodOutlook {
  const answer = input.answers.get(pod.uid)
  const forecast: BudgetForecast = verdict?.verdict ?? 'Unknown'
  const dueMs = answer === undefined ? firstTryMs(forecast, input.startedAtMs) : nextTryMs(answer, forecast, guards[0]?.resourceVersion)
  const deadlock = deadlockOf(guards, verdict, answer)
  const isDue = dueMs <= input.now
  const pending = answer?.outcome.kind === 'Accepted' || answer?.outcome.kind === 'Gone' ? 'Ending' : 'Wait'
  return {
    pod,
    kind: isDue ? 'Ask' : pending,
    why: whyStaying(answer, forecast, guards),
    nextMs: isDue ? input.now + requestMs : dueMs,
    ...(deadlock === undefined ? {} : { deadlock }),
  }
}

/** Refusals that more patience does not change. Where budgets can be read they decide, for an answer may be older than they are. */
function deadlockOf(
  guards: readonly BudgetFacts[],
  verdict: EvictionVerdict | undefined,
  answer: EvictionAnswer | undefined,
): string | undefined {
  const outcome = answer?.outcome
  if (verdict?.verdict === 'Refuse' && verdict.code === 500) {
    const names = guards.map((budget) => `${budget.namespace}/${budget.name}`).join(' and ')
    return `is guarded by more than one PodDisruptionBudget, ${names}, which an eviction does not support; change a selector so that one is left`
  }
  if (verdict === undefined && outcome?.kind === 'SeveralBudgets') {
    return 'is guarded by more than one PodDisruptionBudget, which an eviction does not support; change a selector so that one is left'
  }
  return undefined
}

function whyStaying(answer: EvictionAnswer | undefined, forecast: BudgetForecast, guards: readonly BudgetFacts[]): string {
  const outcome = answer?.outcome
  switch (outcome?.kind) {
    case undefined:
      return forecast === 'Refuse' ? budgetWhy(guards, '') : 'is about to be evicted'
    case 'BudgetRefused':
      return budgetWhy(guards, outcome.message)
    case 'SeveralBudgets':
    case 'Denied':
      return `may not be evicted: ${outcome.message}`
    case 'Throttled':
      return 'waits because the API server is busy'
    case 'NamespaceTerminating':
      return 'goes with its namespace, which is being deleted'
    case 'Unavailable':
      return `could not be evicted yet: ${outcome.message}`
    case 'Accepted':
    case 'Gone':
      return 'is ending'
  }
}

function budgetWhy(guards: readonly BudgetFacts[], answered: string): string {
  const [budget] = guards
  if (budget === undefined) return answered === '' ? 'waits for its PodDisruptionBudget' : `waits for its PodDisruptionBudget: ${answered}`
  return `waits for PodDisruptionBudget ${budget.namespace}/${budget.name} (${budgetState(budget)})`
}

function budgetState({ generation, status }: BudgetFacts): string {
  const { syncFailed, observedGeneration, expectedPods, desiredHealthy, currentHealthy } = status
  if (syncFailed !== undefined) return `it cannot be computed: ${syncFailed}`
  if (observedGeneration < generation) return 'it is being computed anew'
  if (expectedPods <= 0) return 'it counts no pods of a controller and so allows no eviction, change or remove it'
  const needs = `needs ${desiredHealthy} healthy, has ${currentHealthy}`
  return desiredHealthy >= expectedPods ? `${needs} of ${expectedPods}: it never lets one go, scale up or relax it` : needs
}
