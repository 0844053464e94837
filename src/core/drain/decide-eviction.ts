import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { isPodFinished } from '../kubernetes/pod-state.ts'
import type { BudgetFacts, BudgetStatus } from './disruption-budget.ts'

/** What an API server answers to the eviction of a pod. */
export type EvictionVerdict =
  | {
      readonly verdict: 'Allow'
      /** The pod is deleted only if it still has this resourceVersion, so that one that becomes ready meanwhile is judged anew. */
      readonly resourceVersion?: string
      /** The status to be written before the pod is deleted; absent when no budget is used up. */
      readonly consumes?: { readonly budget: BudgetFacts; readonly status: BudgetStatus }
    }
  | {
      readonly verdict: 'Refuse'
      readonly code: 403 | 429 | 500
      /** `reason` of the Status; empty with code 500. */
      readonly reason: 'Forbidden' | 'TooManyRequests' | ''
      readonly message: string
      /** Message of the cause `DisruptionBudget`. */
      readonly cause?: string
      readonly retryAfterSeconds?: number
    }

/** More granted evictions that the controller has not seen are not allowed. Source: Kubernetes pods/eviction, MaxDisruptedPodSize. */
const maxDisruptedPods = 2_000

/**
 * Judges the eviction of one pod as the API server does. `budgets` are those that guard the pod (see `budgetsOf`), with the status that is stored.
 * Source: Kubernetes pods/eviction; KEP-3017 for pods that are not ready.
 */
export function decideEviction(pod: PodFacts, budgets: readonly BudgetFacts[], nowMs: number): EvictionVerdict {
  if (isPodFinished(pod) || pod.deletionAtMs !== undefined) return { verdict: 'Allow' }
  if (pod.phase === 'Pending') return { verdict: 'Allow', resourceVersion: pod.resourceVersion }
  const [budget, ...others] = budgets
  if (budget === undefined) return { verdict: 'Allow' }
  if (others.length > 0) {
    return {
      verdict: 'Refuse',
      code: 500,
      reason: '',
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    }
  }
  if (!pod.ready && allowsUnhealthy(budget)) return { verdict: 'Allow', resourceVersion: pod.resourceVersion }
  return consume(pod, budget, nowMs)
}

function allowsUnhealthy({ unhealthyPodEvictionPolicy, status }: BudgetFacts): boolean {
  if (unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  return status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0
}

function consume(pod: PodFacts, budget: BudgetFacts, nowMs: number): EvictionVerdict {
  const { status, name } = budget
  if (status.observedGeneration < budget.generation) {
    return tooMany(`The disruption budget ${name} is still being processed by the server.`, 10)
  }
  if (status.disruptionsAllowed < 0) return forbidden(name, 'pdb disruptions allowed is negative')
  if (Object.keys(status.disruptedPods).length > maxDisruptedPods) {
    return forbidden(name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  }
  if (status.disruptionsAllowed === 0) return tooMany(exhausted(budget))
  const left = {
    ...status,
    disruptionsAllowed: status.disruptionsAllowed - 1,
    disruptedPods: { ...status.disruptedPods, [pod.name]: nowMs },
  }
  return { verdict: 'Allow', consumes: { budget, status: left } }
}

function exhausted({ name, status }: BudgetFacts): string {
  if (status.syncFailed !== undefined) {
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${status.syncFailed}`
  }
  return `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`
}

function tooMany(cause: string, retryAfterSeconds?: number): EvictionVerdict {
  return {
    verdict: 'Refuse',
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    cause,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  }
}

function forbidden(name: string, problem: string): EvictionVerdict {
  const message = `poddisruptionbudget.policy "${name}" is forbidden: ${problem}`
  return { verdict: 'Refuse', code: 403, reason: 'Forbidden', message }
}
