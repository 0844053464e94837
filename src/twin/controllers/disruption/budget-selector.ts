import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import type { LabelSelector } from '../../../core/kubernetes/label-selector.ts'
import { as, type KubeObject } from '../../kube-object.ts'

/** Until then `{}` matched no pod: budgets were v1beta1 only. */
const emptyMatchesAllMinor = 21

/** The selector of a budget as a server of that minor understands it. Source: Kubernetes deprecation guide, v1.25. */
export function budgetSelector(budget: KubeObject, minor: number): LabelSelector | undefined {
  const selector = as<PodDisruptionBudget>(budget).spec?.selector as LabelSelector | undefined
  if (selector === undefined || selector === null) return undefined
  const empty = Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
  return empty && minor < emptyMatchesAllMinor ? undefined : selector
}
