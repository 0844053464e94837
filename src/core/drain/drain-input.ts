import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import type { BudgetFacts } from './disruption-budget.ts'
import type { DaemonSetLookup, PodVerdict } from './drain-filter.ts'
import type { DrainPolicy } from './drain-policy.ts'
import type { EvictionAnswer } from './eviction-answer.ts'

/** What a drain has met so far. Losing the answers costs some requests, nothing else. */
export interface DrainProgress {
  /** Epoch milliseconds. */
  readonly startedAtMs: number
  /** Epoch milliseconds; absent: when the drain started. */
  readonly cordonedAtMs?: number
  /** By pod UID. */
  readonly answers: ReadonlyMap<string, EvictionAnswer>
  /**
   * Pods that have come since the node's pods were read for the first time: epoch milliseconds by pod UID, by the clock of `startedAtMs`.
   * Their own creation times are those of the API server, whose clock may be another.
   */
  readonly arrivals?: ReadonlyMap<string, number>
}

export interface DrainInput {
  readonly node: NodeFacts
  /** All pods of the node. */
  readonly pods: readonly PodFacts[]
  /** Absent: budgets may not be read, the server alone judges. */
  readonly budgets?: readonly BudgetFacts[] | undefined
  readonly daemonSetExists: DaemonSetLookup
  readonly policy: DrainPolicy
  readonly progress: DrainProgress
  /** Epoch milliseconds. */
  readonly now: number
}

export interface SkippedPod {
  readonly pod: PodFacts
  readonly reason: Extract<PodVerdict, { verdict: 'Skip' }>['reason'] | 'CreatedLater' | 'Rule'
}
