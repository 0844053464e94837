import type { Affinity, NodeSelector, NodeSelectorTerm, PodAffinity, PodAffinityTerm } from 'kubernetes-types/core/v1'
import { dnsLabelProblem, dnsSubdomainProblem } from '../../../../core/kubernetes/dns-name.ts'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { labelKeyProblems, selectorOperatorProblems, selectorProblems } from './label-selector-problems.ts'
import { problem } from './refusal.ts'

const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'

type Requirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number]

/** Why the affinity of a pod is refused. Source: Kubernetes, Assigning Pods to Nodes. */
export function affinityProblems(field: string, affinity: Affinity | null | undefined): readonly StatusCause[] {
  if (!affinity) return []
  const node = affinity.nodeAffinity
  return [
    ...(node?.[required] ? nodeSelectorProblems(`${field}.nodeAffinity.${required}`, node[required]) : []),
    ...(node?.[preferred] ?? []).flatMap(({ weight, preference }, i) => [
      ...weightProblems(`${field}.nodeAffinity.${preferred}[${i}].weight`, weight),
      ...termProblems(`${field}.nodeAffinity.${preferred}[${i}].preference`, preference),
    ]),
    ...podProblems(`${field}.podAffinity`, affinity.podAffinity),
    ...podProblems(`${field}.podAntiAffinity`, affinity.podAntiAffinity),
  ]
}

/** Why a selector of nodes is refused; also of a PersistentVolume. */
export function nodeSelectorProblems(field: string, { nodeSelectorTerms }: NodeSelector): readonly StatusCause[] {
  const terms = nodeSelectorTerms ?? []
  if (terms.length === 0) return [requiredValue(`${field}.nodeSelectorTerms`, 'must have at least one node selector term')]
  return terms.flatMap((term, i) => termProblems(`${field}.nodeSelectorTerms[${i}]`, term))
}

function termProblems(field: string, { matchExpressions, matchFields }: NodeSelectorTerm): readonly StatusCause[] {
  return [
    ...(matchExpressions ?? []).flatMap((requirement, i) => [
      ...operatorProblems(`${field}.matchExpressions[${i}]`, requirement),
      ...labelKeyProblems(`${field}.matchExpressions[${i}].key`, requirement.key ?? ''),
    ]),
    ...(matchFields ?? []).flatMap((requirement, i) => fieldProblems(`${field}.matchFields[${i}]`, requirement)),
  ]
}

function operatorProblems(field: string, { operator, values = [] }: Requirement): readonly StatusCause[] {
  if (operator !== 'Gt' && operator !== 'Lt') return selectorOperatorProblems(field, operator ?? '', values)
  return values.length === 1 ? [] : [requiredValue(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
}

function fieldProblems(field: string, { key, operator, values = [] }: Requirement): readonly StatusCause[] {
  const single = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
  const known = operator === 'In' || operator === 'NotIn'
  return [
    ...(known && values.length !== 1 ? [requiredValue(`${field}.values`, single)] : []),
    ...(known ? [] : [invalidValue(`${field}.operator`, operator ?? '', 'not a valid selector operator')]),
    ...(key === 'metadata.name'
      ? values.flatMap((value, i) => problem(`${field}.values[${i}]`, value, dnsSubdomainProblem(value)))
      : [invalidValue(`${field}.key`, key ?? '', 'not a valid field selector key')]),
  ]
}

function podProblems(field: string, affinity: PodAffinity | null | undefined): readonly StatusCause[] {
  return [
    ...(affinity?.[required] ?? []).flatMap((term, i) => podTermProblems(`${field}.${required}[${i}]`, term)),
    ...(affinity?.[preferred] ?? []).flatMap(({ weight, podAffinityTerm }, i) => [
      ...weightProblems(`${field}.${preferred}[${i}].weight`, weight),
      ...podTermProblems(`${field}.${preferred}[${i}].podAffinityTerm`, podAffinityTerm),
    ]),
  ]
}

function podTermProblems(field: string, { labelSelector, namespaces, topologyKey = '' }: PodAffinityTerm): readonly StatusCause[] {
  return [
    // The server names the selector so.
    ...selectorProblems(`${field}.matchExpressions`, labelSelector),
    ...(namespaces ?? []).flatMap((name) => problem(`${field}.namespace`, name, dnsLabelProblem(name))),
    ...(topologyKey === '' ? [requiredValue(`${field}.topologyKey`, 'can not be empty')] : []),
    ...labelKeyProblems(`${field}.topologyKey`, topologyKey),
  ]
}

function weightProblems(field: string, weight: number | undefined): readonly StatusCause[] {
  return weight !== undefined && weight >= 1 && weight <= 100 ? [] : [invalidValue(field, weight ?? 0, 'must be in the range 1-100')]
}
