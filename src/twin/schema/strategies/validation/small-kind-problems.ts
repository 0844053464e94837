import type { HorizontalPodAutoscalerSpec } from 'kubernetes-types/autoscaling/v2'
import type { LeaseSpec } from 'kubernetes-types/coordination/v1'
import type { PriorityClass } from 'kubernetes-types/scheduling/v1'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { immutableProblems, unsupportedValue } from './refusal.ts'

const mostUserPriority = 1_000_000_000
const systemPriorities: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
}
const preemptionPolicies = ['PreemptLowerPriority', 'Never']

/** Why a PriorityClass is refused; its value is settled. Source: Kubernetes, Pod Priority and Preemption. */
export function priorityClassProblems(next: PriorityClass, old: PriorityClass | undefined): readonly StatusCause[] {
  const { value, preemptionPolicy: policy } = next
  if (old !== undefined) {
    const changed = value !== old.value ? [forbiddenValue('Value', 'may not be changed in an update.')] : []
    return [...changed, ...immutableProblems('preemptionPolicy', policy, old.preemptionPolicy)]
  }
  return [
    ...systemProblems(next.metadata?.name ?? '', value),
    ...(policy === undefined || preemptionPolicies.includes(policy)
      ? []
      : [unsupportedValue('preemptionPolicy', policy, preemptionPolicies)]),
  ]
}

function systemProblems(name: string, value: number): readonly StatusCause[] {
  if (!name.startsWith('system-')) {
    if (value <= mostUserPriority) return []
    return [forbiddenValue('value', `maximum allowed value of a user defined priority is ${mostUserPriority}`)]
  }
  const known = systemPriorities[name]
  if (known === value) return []
  const why = known === undefined ? `${name} is not a known system priority class` : `value of ${name} PriorityClass must be ${known}`
  return [forbiddenValue('metadata.name', `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`)]
}

/** Why a Lease is refused. Source: Kubernetes API reference, Lease. */
export function leaseProblems({ leaseDurationSeconds, leaseTransitions }: LeaseSpec): readonly StatusCause[] {
  return [
    ...(leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0
      ? [invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')]
      : []),
    ...(leaseTransitions !== undefined && leaseTransitions < 0
      ? [invalidValue('spec.leaseTransitions', leaseTransitions, 'must to greater or equal than 0')]
      : []),
  ]
}

/** Why a HorizontalPodAutoscaler is refused. Source: Kubernetes API reference, HorizontalPodAutoscaler. */
export function autoscalerProblems({
  minReplicas,
  maxReplicas = 0,
  scaleTargetRef,
  metrics,
}: HorizontalPodAutoscalerSpec): readonly StatusCause[] {
  const few = minReplicas !== undefined && minReplicas < 1
  const asleep = minReplicas === 0 && !metrics?.some(({ type }) => type === 'Object' || type === 'External')
  const crossed = minReplicas !== undefined && maxReplicas < minReplicas
  return [
    ...(few ? [invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')] : []),
    ...(maxReplicas < 1 ? [invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than 0')] : []),
    ...(crossed ? [invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')] : []),
    ...(scaleTargetRef?.kind ? [] : [requiredValue('spec.scaleTargetRef.kind')]),
    ...(scaleTargetRef?.name ? [] : [requiredValue('spec.scaleTargetRef.name')]),
    ...(asleep
      ? [forbiddenValue('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas')]
      : []),
  ]
}
