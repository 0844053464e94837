import { compareText } from '../compare-text.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { isPodFinished } from '../kubernetes/pod-state.ts'
import { budgetLookup } from './disruption-budget.ts'
import { classifyPod, type PodVerdict } from './drain-filter.ts'
import type { DrainInput, DrainProgress, SkippedPod } from './drain-input.ts'
import type { DrainRule } from './drain-rule.ts'

/** A pod that has to be gone, and the rule that it is under. */
export interface LeavingPod {
  readonly pod: PodFacts
  readonly rule?: DrainRule
}

/** The pods of a node, by what a drain does with them. */
export interface ClassifiedPods {
  readonly leaving: readonly LeavingPod[]
  readonly skipped: readonly SkippedPod[]
  /** Why the node cannot be drained: one clause for each reason. */
  readonly refused: readonly string[]
}

/**
 * A pod that comes this long after the node was cordoned tolerates the cordon: evicting it would bring back the next one for ever. As kubectl drain
 * lists the pods once, it is left.
 */
const lateArrivalMs = 30_000

/** Sorts the pods of a node by the filters of `kubectl drain` and by rules. Rules do not touch static pods, pods of DaemonSets and those that have finished. */
export function classifyPods(input: DrainInput): ClassifiedPods {
  const leaving: LeavingPod[] = []
  const skipped: SkippedPod[] = []
  const refused = new Map<string, { clause: string; more: number }>()
  const guard = deletionGuard(input)
  for (const pod of input.pods.toSorted((a, b) => compareText(podName(a), podName(b)))) {
    const rule = isPodFinished(pod) ? undefined : input.policy.ruleOf?.(pod)
    const verdict = classifyPod(pod, input.policy, input.daemonSetExists, input.now)
    const stays = whyStaying(pod, { verdict, rule }, input.progress)
    if (stays !== undefined) {
      skipped.push({ pod, reason: stays })
      continue
    }
    const refusal = rule?.behaviour === 'Delete' ? guard(pod, rule) : asFiltered(verdict, rule)
    if (refusal !== undefined) note(refused, refusal, pod)
    else leaving.push({ pod, ...(rule === undefined ? {} : { rule }) })
  }
  return { leaving, skipped, refused: [...refused.values()].map(({ clause, more }) => withMore(clause, more)) }
}

interface Judged {
  readonly verdict: PodVerdict
  readonly rule: DrainRule | undefined
}

function whyStaying(pod: PodFacts, { verdict, rule }: Judged, progress: DrainProgress): SkippedPod['reason'] | undefined {
  if (verdict.verdict === 'Skip') return verdict.reason
  if (rule?.behaviour === 'Skip') return 'Rule'
  return isLate(pod, progress) ? 'CreatedLater' : undefined
}

interface Refusal {
  readonly reason: string
  readonly message: string
}

/** What is only waited for is not lost by a drain. */
function asFiltered(verdict: PodVerdict, rule: DrainRule | undefined): Refusal | undefined {
  return verdict.verdict === 'Refuse' && rule?.behaviour !== 'WaitCompleted' ? verdict : undefined
}

/** A deletion asks no budget: a pod that has one is not deleted, unless the policy says that budgets may be broken. */
function deletionGuard({ policy, budgets }: DrainInput): (pod: PodFacts, rule: DrainRule) => Refusal | undefined {
  const lookup = budgets === undefined ? undefined : budgetLookup(budgets)
  return (pod, { field }) => {
    if (policy.mayDeletePastBudgets === true || pod.deletionAtMs !== undefined) return undefined
    const [budget] = lookup?.(pod) ?? []
    if (lookup !== undefined && budget === undefined) return undefined
    const why =
      budget === undefined
        ? 'whether a PodDisruptionBudget guards it may not be read'
        : `PodDisruptionBudget ${budget.namespace}/${budget.name} guards it`
    return { reason: 'Guarded', message: `is to be deleted by ${field}, and ${why}; let the rule evict it, or set whenBlocked: Force` }
  }
}

function note(refused: Map<string, { clause: string; more: number }>, { reason, message }: Refusal, pod: PodFacts): void {
  const known = refused.get(reason)
  if (known) known.more++
  else refused.set(reason, { clause: `${podName(pod)} ${message}`, more: 0 })
}

function isLate({ uid }: PodFacts, { startedAtMs, cordonedAtMs = startedAtMs, arrivals }: DrainProgress): boolean {
  const cameMs = arrivals?.get(uid)
  return cameMs !== undefined && cameMs > cordonedAtMs + lateArrivalMs
}

export function withMore(clause: string, more: number): string {
  return more === 0 ? clause : `${clause} (and ${more} more like it)`
}

export function podName({ namespace, name }: Pick<PodFacts, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`
}
