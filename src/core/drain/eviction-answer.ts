/** What became of one request to evict or delete a pod. */
export type EvictionOutcome =
  /** The pod is being deleted; it is gone only when the API no longer has its uid. */
  | { readonly kind: 'Accepted' }
  /** No such pod, or another one under the same name. */
  | { readonly kind: 'Gone' }
  /** Its disruption budget has nothing left now. */
  | { readonly kind: 'BudgetRefused'; readonly message: string; readonly retryAfterMs?: number }
  /** The server is busy, or its budget controller is behind: soon again. */
  | { readonly kind: 'Throttled'; readonly retryAfterMs: number }
  /** More than one budget selects the pod: refused for ever, until one of them is changed. */
  | { readonly kind: 'SeveralBudgets'; readonly message: string }
  /** Somebody deletes the namespace; the pod goes with it. */
  | { readonly kind: 'NamespaceTerminating' }
  /** Refused by RBAC, an admission webhook or validation: the same request meets the same answer. */
  | { readonly kind: 'Denied'; readonly message: string }
  /** No answer, or one that says nothing about the pod: whether it was evicted is unknown, asking again is safe. */
  | { readonly kind: 'Unavailable'; readonly message: string }

/** The last answer about one pod. */
export interface EvictionAnswer {
  readonly outcome: EvictionOutcome
  /** Epoch milliseconds. */
  readonly atMs: number
  /** Requests so far, this one included; 1 or more. */
  readonly tries: number
  /** resourceVersion of the pod's budget as it was known when the request was sent; absent where none was. */
  readonly budgetVersion?: string
}

/** What the budgets that are known say about an eviction now; `Unknown` when they may not be read, or do not count. */
export type BudgetForecast = 'Allow' | 'Refuse' | 'Unknown'

/** What kubectl waits after a budget has refused. */
const refusedMs = 5_000
/** A pod that the known budgets would refuse is asked for all the same, slowly: the server has the last word, and its budgets may be newer. */
const probeMs = 30_000
const unavailableMs = 1_000
/** A budget that has changed since it refused, and has something left now. */
const changedMs = 1_000
const longestMs = 60_000
/** A deletion that was accepted and has not begun by then is asked for again: the disruption controller has forgotten it, too. */
const acceptedMs = 120_000

/** When a pod that was never asked for may be asked for. */
export function firstTryMs(forecast: BudgetForecast, startedAtMs: number): number {
  return forecast === 'Refuse' ? startedAtMs + probeMs : startedAtMs
}

/**
 * When a pod may be asked for again after an answer; epoch milliseconds. `Retry-After` is always kept. A pod that the known budgets would refuse is not asked
 * for before a slow probe is due, whatever the last answer was; one whose budget has changed since it refused and has room now, at once.
 * `budgetVersion`: resourceVersion of its budget as it is known now.
 */
export function nextTryMs(answer: EvictionAnswer, forecast: BudgetForecast, budgetVersion?: string): number {
  const { outcome, atMs, tries } = answer
  const hasChanged = answer.budgetVersion !== undefined && budgetVersion !== undefined && budgetVersion !== answer.budgetVersion
  if (outcome.kind === 'BudgetRefused' && forecast === 'Allow' && hasChanged) return atMs + Math.max(outcome.retryAfterMs ?? 0, changedMs)
  const pause = pauseAfter(outcome, forecast, tries)
  return atMs + (forecast === 'Refuse' ? Math.max(pause, probeMs) : pause)
}

function pauseAfter(outcome: EvictionOutcome, forecast: BudgetForecast, tries: number): number {
  switch (outcome.kind) {
    case 'Accepted':
    case 'Gone':
      return acceptedMs
    case 'BudgetRefused':
      return Math.max(outcome.retryAfterMs ?? 0, forecast === 'Allow' ? refusedMs : backoff(refusedMs, tries, probeMs))
    case 'Throttled':
      return outcome.retryAfterMs
    case 'NamespaceTerminating':
      return refusedMs
    case 'Denied':
    case 'SeveralBudgets':
      return backoff(refusedMs, tries, longestMs)
    case 'Unavailable':
      return backoff(unavailableMs, tries, probeMs)
  }
}

function backoff(firstMs: number, tries: number, mostMs: number): number {
  return Math.min(firstMs * 2 ** (Math.max(tries, 1) - 1), mostMs)
}
