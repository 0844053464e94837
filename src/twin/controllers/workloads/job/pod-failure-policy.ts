import type { PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule } from 'kubernetes-types/batch/v1'
import type { ContainerStatus } from 'kubernetes-types/core/v1'
import type { PodObject } from '../workload-objects.ts'

/** What a Job is told to do about a failed pod. */
export type FailureVerdict =
  | { readonly kind: 'Count' }
  /** Its index is not tried again. */
  | { readonly kind: 'FailIndex' }
  /** As if it had not happened. */
  | { readonly kind: 'Ignore' }
  | { readonly kind: 'FailJob'; readonly message: string }

/** By the first rule that fits; a failure that none fits is counted. Source: Kubernetes documentation, Pod failure policy. */
export function judgeFailure(policy: PodFailurePolicy | undefined, pod: PodObject, limitsEachIndex: boolean): FailureVerdict {
  for (const [at, rule] of (policy?.rules ?? []).entries()) {
    const what = ruleMatch(rule, pod)
    if (what === undefined) continue
    if (rule.action === 'FailJob') return { kind: 'FailJob', message: `${what} matching FailJob rule at index ${at}` }
    if (rule.action === 'FailIndex') return { kind: limitsEachIndex ? 'FailIndex' : 'Count' }
    return { kind: rule.action === 'Ignore' ? 'Ignore' : 'Count' }
  }
  return { kind: 'Count' }
}

/** What of the pod fits the rule, in words. */
function ruleMatch({ onExitCodes, onPodConditions }: PodFailurePolicyRule, pod: PodObject): string | undefined {
  const { namespace, name } = pod.metadata
  if (onExitCodes !== undefined) {
    const container = exitMatch(onExitCodes, pod)
    if (container === undefined) return undefined
    return `Container ${container.name} for pod ${namespace}/${name} failed with exit code ${container.state?.terminated?.exitCode}`
  }
  const condition = (pod.status?.conditions ?? []).find(({ type, status }) =>
    (onPodConditions ?? []).some((wanted) => wanted.type === type && (wanted.status ?? 'True') === status),
  )
  return condition === undefined ? undefined : `Pod ${namespace}/${name} has condition ${condition.type}`
}

function exitMatch(wanted: PodFailurePolicyOnExitCodesRequirement, pod: PodObject): ContainerStatus | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {}
  return [...containerStatuses, ...initContainerStatuses].find(({ name, state }) => {
    const code = state?.terminated?.exitCode
    if (code === undefined || code === 0 || (wanted.containerName !== undefined && wanted.containerName !== name)) return false
    return wanted.values.includes(code) === (wanted.operator === 'In')
  })
}
