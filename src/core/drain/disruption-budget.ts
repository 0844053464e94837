import { compileSelector } from '../kubernetes/label-selector.ts'
import type { LabelSelector } from '../kubernetes/label-selector-schema.ts'
import { objectIdentity } from '../kubernetes/object-identity.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'

/** `status` of a PodDisruptionBudget. */
export interface BudgetStatus {
  readonly observedGeneration: number
  readonly disruptionsAllowed: number
  readonly currentHealthy: number
  readonly desiredHealthy: number
  readonly expectedPods: number
  /** Pods whose eviction was granted and has not been seen yet: name, and when (epoch milliseconds). */
  readonly disruptedPods: Readonly<Record<string, number>>
  /** Why the disruption controller cannot compute the budget; absent when it can. */
  readonly syncFailed?: string
}

/** What the core needs of a PodDisruptionBudget; plain data. */
export interface BudgetFacts {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number
  /** Absent: selects no pod. */
  readonly selector?: LabelSelector
  /** A number, or a percentage such as `50%`. */
  readonly minAvailable?: number | string
  readonly maxUnavailable?: number | string
  readonly unhealthyPodEvictionPolicy: 'IfHealthyBudget' | 'AlwaysAllow'
  readonly status: BudgetStatus
}

interface RawBudget {
  apiVersion?: string
  metadata?: { name?: string; namespace?: string; uid?: string; resourceVersion?: string; generation?: number }
  spec?: {
    selector?: LabelSelector | null
    minAvailable?: number | string
    maxUnavailable?: number | string
    unhealthyPodEvictionPolicy?: string
  }
  status?: Partial<Omit<BudgetStatus, 'disruptedPods' | 'syncFailed'>> & {
    disruptedPods?: Record<string, string> | null
    conditions?: { type?: string; status?: string; reason?: string; message?: string }[] | null
  }
}

/**
 * Trims a PodDisruptionBudget as the API gives it. `version` is that of the API group `policy` it was read by (items of a list do not say):
 * an empty selector selects every pod in v1 and none in v1beta1. Source: Kubernetes deprecation guide, v1.25.
 */
export function budgetFacts(object: unknown, version = 'v1'): BudgetFacts {
  const raw = object as RawBudget
  const { metadata = {}, spec = {} } = raw
  const { name, namespace, uid, resourceVersion } = objectIdentity(metadata)
  const selector = spec.selector ?? undefined
  const beta = (raw.apiVersion ?? `policy/${version}`) === 'policy/v1beta1'
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    generation: metadata.generation ?? 0,
    ...(selector === undefined || (beta && isEmpty(selector)) ? {} : { selector }),
    ...(spec.minAvailable === undefined ? {} : { minAvailable: spec.minAvailable }),
    ...(spec.maxUnavailable === undefined ? {} : { maxUnavailable: spec.maxUnavailable }),
    unhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' ? 'AlwaysAllow' : 'IfHealthyBudget',
    status: statusFacts(raw.status ?? {}),
  }
}

function statusFacts(status: NonNullable<RawBudget['status']>): BudgetStatus {
  const failed = status.conditions?.find((c) => c.type === 'DisruptionAllowed' && c.status === 'False' && c.reason === 'SyncFailed')
  const disrupted = Object.entries(status.disruptedPods ?? {}).map(([pod, at]) => [pod, Date.parse(at) || 0] as const)
  return {
    observedGeneration: status.observedGeneration ?? 0,
    disruptionsAllowed: status.disruptionsAllowed ?? 0,
    currentHealthy: status.currentHealthy ?? 0,
    desiredHealthy: status.desiredHealthy ?? 0,
    expectedPods: status.expectedPods ?? 0,
    disruptedPods: Object.fromEntries(disrupted),
    ...(failed === undefined ? {} : { syncFailed: failed.message ?? '' }),
  }
}

function isEmpty({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0
}

/** The budgets that guard a pod: those of its namespace whose selector matches; a selector that cannot be read matches nothing. */
export function budgetsOf(pod: Pick<PodFacts, 'namespace' | 'labels'>, budgets: readonly BudgetFacts[]): readonly BudgetFacts[] {
  return budgetLookup(budgets)(pod)
}

/** `budgetsOf` for many pods: each selector is compiled once, and only where there is a pod in its namespace. */
export function budgetLookup(budgets: readonly BudgetFacts[]): (pod: Pick<PodFacts, 'namespace' | 'labels'>) => readonly BudgetFacts[] {
  const byNamespace = new Map<string, readonly GuardingBudget[]>()
  return ({ namespace, labels }) => {
    const known = byNamespace.get(namespace) ?? budgets.filter((b) => b.namespace === namespace).map(guarding)
    byNamespace.set(namespace, known)
    return known.filter(({ matches }) => matches(labels)).map(({ budget }) => budget)
  }
}

interface GuardingBudget {
  readonly budget: BudgetFacts
  readonly matches: (labels: PodFacts['labels']) => boolean
}

function guarding(budget: BudgetFacts): GuardingBudget {
  return { budget, matches: compileSelector(budget.selector) }
}
