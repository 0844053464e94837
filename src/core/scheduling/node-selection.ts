import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from 'kubernetes-types/core/v1.js'
import type { StringMap } from '../kubernetes/object-meta.ts'

/** What a node selector looks at. */
export interface SelectableNode {
  readonly name: string
  readonly labels: StringMap
}

export type NodePredicate = (node: SelectableNode) => boolean

/** `nodeSelector` and the required node affinity of a pod as one question; undefined when the pod asks for nothing. */
export function requiredNodes(spec: PodSpec | undefined): NodePredicate | undefined {
  const labels = Object.entries(spec?.nodeSelector ?? {})
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (labels.length === 0 && required === undefined) return undefined
  const selects = required === undefined ? undefined : nodeSelectorMatch(required)
  return (node) => labels.every(([key, value]) => node.labels[key] === value) && (selects === undefined || selects(node))
}

/** Whether one of the terms holds; a term without requirements never does. Source: Kubernetes API reference, NodeSelector. */
export function nodeSelectorMatch({ nodeSelectorTerms }: NodeSelector): NodePredicate {
  const terms = (nodeSelectorTerms ?? []).map(nodeSelectorTermMatch)
  return (node) => terms.some((holds) => holds(node))
}

/** Whether all requirements of one term hold, those on labels and those on fields. */
export function nodeSelectorTermMatch({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): NodePredicate {
  if (matchExpressions.length === 0 && matchFields.length === 0) return () => false
  return ({ name, labels }) =>
    matchExpressions.every((requirement) =>
      isSatisfied(requirement, Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined),
    ) && matchFields.every((requirement) => isSatisfied(requirement, requirement.key === 'metadata.name' ? name : undefined))
}

/**
 * The only nodes that the required node affinity can choose, when each of its terms names nodes; undefined when one does not.
 * So the pods of a DaemonSet look at one node and not at all of them. Source: kube-scheduler, NodeAffinity PreFilter.
 */
export function namedNodes(spec: PodSpec | undefined): ReadonlySet<string> | undefined {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const names = terms.map(({ matchFields = [] }) => {
    const lists = matchFields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In').map(({ values = [] }) => values)
    return lists.length === 0 ? undefined : lists.reduce((left, right) => left.filter((name) => right.includes(name)))
  })
  return names.length === 0 || names.some((list) => list === undefined) ? undefined : new Set(names.flatMap((list) => list ?? []))
}

const integer = /^[+-]?\d+$/

function isSatisfied({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
    case 'Lt':
      return value !== undefined && isBeyond(operator, value, values)
    default:
      return false
  }
}

function isBeyond(operator: 'Gt' | 'Lt', value: string, values: readonly string[]): boolean {
  const [bound = '', ...others] = values
  if (others.length > 0 || !integer.test(value) || !integer.test(bound)) return false
  return operator === 'Gt' ? Number(value) > Number(bound) : Number(value) < Number(bound)
}
