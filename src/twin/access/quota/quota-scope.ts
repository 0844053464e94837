import type { Pod, ResourceQuotaSpec } from 'kubernetes-types/core/v1'
import { as, type DraftObject } from '../../kube-object.ts'

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
    case 'PriorityClass':
      if (operator === 'Exists') return priority !== ''
      if (operator === 'DoesNotExist') return priority === ''
      return values.includes(priority) === (operator === 'In')
    default:
      return false
  }
}

function isBestEffort(spec: Pod['spec']): boolean {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  return containers.every(({ resources }) => Object.keys({ ...resources?.requests, ...resources?.limits }).length === 0)
}
