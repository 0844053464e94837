import type { PlanEvent } from './plan-decision.ts'

/** What is known of a Plan in a namespace that this controller does not serve. */
export interface ForeignPlan {
  readonly namespace: string
  readonly createdAtMs: number
  /** It has conditions: a controller looks after it, or has done so. */
  readonly served: boolean
}

/** What a foreign Plan comes to: nothing, a look later, or an event that is told once. */
export type ForeignVerdict =
  | { readonly kind: 'Served' }
  | { readonly kind: 'Later'; readonly atMs: number }
  | { readonly kind: 'Unserved'; readonly event: PlanEvent }

/** A controller that serves the Plan's namespace has written a condition by then. */
const patienceMs = 30_000

/**
 * Judges a Plan in another namespace: one that nobody looks after would wait in silence for ever, as it has no conditions to say so in.
 * `by` is the name of the controller and the one namespace that it serves.
 */
export function judgeForeignPlan(
  plan: ForeignPlan,
  by: { readonly name: string; readonly namespace: string },
  nowMs: number,
): ForeignVerdict {
  if (plan.served) return { kind: 'Served' }
  const atMs = plan.createdAtMs + patienceMs
  if (nowMs < atMs) return { kind: 'Later', atMs }
  const message =
    `no controller looks after this Plan: ${by.name} serves Plans in namespace ${by.namespace} alone; ` +
    `create it there, or run a controller for namespace ${plan.namespace}`
  return { kind: 'Unserved', event: { type: 'Warning', reason: 'NotServed', message } }
}
