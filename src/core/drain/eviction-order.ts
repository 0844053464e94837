import type { PodFacts } from '../kubernetes/pod-facts.ts'
import type { BudgetFacts } from './disruption-budget.ts'

/**
 * The order in which a node's pods are evicted: first those whose budgets have something left (or that have none), low priority before high,
 * more slack before less; pods of DaemonSets last of all. Namespace and name decide between equals, so that the order is always the same.
 */
export function evictionOrder(pods: readonly PodFacts[], budgetsOfPod: (pod: PodFacts) => readonly BudgetFacts[]): readonly PodFacts[] {
  return pods
    .map((pod) => ({ pod, slack: slackOf(budgetsOfPod(pod)), last: pod.controller?.kind === 'DaemonSet' ? 1 : 0 }))
    .sort(
      (a, b) =>
        a.last - b.last ||
        Number(a.slack <= 0) - Number(b.slack <= 0) ||
        a.pod.priority - b.pod.priority ||
        compare(b.slack, a.slack) ||
        compare(a.pod.namespace, b.pod.namespace) ||
        compare(a.pod.name, b.pod.name),
    )
    .map(({ pod }) => pod)
}

function slackOf(budgets: readonly BudgetFacts[]): number {
  return Math.min(...budgets.map((budget) => budget.status.disruptionsAllowed))
}

/** Not a subtraction: a pod without a budget has infinite slack. */
function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
