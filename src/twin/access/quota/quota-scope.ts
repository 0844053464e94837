import type { Pod, ResourceQuotaSpec } from 'kubernetes-types/core/v1'
import { as, type DraftObject } from '../../kube-object.ts'
import { qosClassOf } from '../../schema/strategies/pod-qos.ts'

interface Requirement {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** Whether a quota counts an object at all: one with scopes counts pods only, and only those in all of them. Source: Kubernetes, quota scopes. */
export function isInScope({ scopes = [], scopeSelector }: ResourceQuotaSpec, resource: string, object: DraftObject): boolean {
  const requirements: readonly Requirement[] = [
    ...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(scopeSelector?.matchExpressions ?? []),
  ]
  if (requirements.length === 0) return true
  return resource === 'pods' && requirements.every((requirement) => fits(requirement, as<Pod>(object)))
}

function fits({ scopeName, operator, values = [] }: Requirement, { spec }: Pod): boolean {
  const priority = spec?.priorityClassName ?? ''
  switch (scopeName) {
    case 'Terminating':
      return spec?.activeDeadlineSeconds !== undefined
    case 'NotTerminating':
      return spec?.activeDeadlineSeconds === undefined
    case 'BestEffort':
      return isBestEffort(spec)
    case 'NotBestEffort':
      return !isBestEffort(spec)
    case 'CrossNamespacePodAffinity':
      return spec !== undefined && looksElsewhere(spec)
    case 'PriorityClass':
      if (operator === 'Exists') return priority !== ''
      if (operator === 'DoesNotExist') return priority === ''
      return values.includes(priority) === (operator === 'In')
    default:
      return false
  }
}

/** Other resources than cpu and memory do not make a pod better. */
function isBestEffort(spec: Pod['spec']): boolean {
  return qosClassOf(spec ?? { containers: [] }) === 'BestEffort'
}

/** Whether it is kept near or away from pods of other namespaces, even if that is only preferred. */
function looksElsewhere({ affinity }: NonNullable<Pod['spec']>): boolean {
  const rules = [affinity?.podAffinity, affinity?.podAntiAffinity]
  const terms = rules.flatMap((rule) => [
    ...(rule?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(rule?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ])
  return terms.some(({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || namespaceSelector !== undefined)
}
