import type { PodDisruptionBudgetSpec } from 'kubernetes-types/policy/v1'
import type { StatusCause } from '../../../api/status-error.ts'
import { intOrPercentProblems, tooMuchProblems } from './int-or-percent-problems.ts'
import { selectorGoText, selectorProblems } from './label-selector-problems.ts'
import { invalidText, unsupportedValue } from './refusal.ts'

const evictionPolicies = ['AlwaysAllow', 'IfHealthyBudget']

/** Why a PodDisruptionBudget is refused. Source: Kubernetes API reference, PodDisruptionBudget. */
export function budgetProblems(spec: PodDisruptionBudgetSpec): readonly StatusCause[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [invalidText('spec', specText(spec), 'minAvailable and maxUnavailable cannot be both set')]
      : []),
    ...intOrPercentProblems('spec.minAvailable', minAvailable),
    ...tooMuchProblems('spec.minAvailable', minAvailable),
    ...intOrPercentProblems('spec.maxUnavailable', maxUnavailable),
    ...tooMuchProblems('spec.maxUnavailable', maxUnavailable),
    ...selectorProblems('spec.selector', selector),
    ...(policy === undefined || evictionPolicies.includes(policy)
      ? []
      : [unsupportedValue('spec.unhealthyPodEvictionPolicy', policy, evictionPolicies)]),
  ]
}

/** The real server prints addresses of its memory here. */
function specText({ selector }: PodDisruptionBudgetSpec): string {
  return `policy.PodDisruptionBudgetSpec{Selector:${selectorGoText(selector)}}`
}
