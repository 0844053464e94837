import type { Node, NodeSpec } from 'kubernetes-types/core/v1'
import { forbiddenValue } from '../../../api/field-problem.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { isCidr } from './ip-address.ts'
import { goValue, invalidText } from './refusal.ts'
import { quantityProblems } from './resource-problems.ts'
import { taintProblems } from './toleration-problems.ts'

const changeable =
  'node updates may only change labels, taints, or capacity (or configSource, if the DynamicKubeletConfig feature gate is enabled)'

/** Why a node is refused. The server names its taints under `metadata`. Source: Kubernetes API reference, Node. */
export function nodeProblems({ spec, status }: Node, old: Node | undefined, minor: number): readonly StatusCause[] {
  return [
    ...taintProblems('metadata.taints', spec?.taints ?? []),
    ...amountProblems('status.capacity', status?.capacity),
    ...amountProblems('status.allocatable', status?.allocatable),
    ...(old === undefined ? cidrProblems(spec ?? {}) : changeProblems(spec ?? {}, old.spec ?? {}, minor)),
  ]
}

function amountProblems(field: string, amounts: object | undefined): readonly StatusCause[] {
  return Object.entries(amounts ?? {}).flatMap(([name, amount]) => quantityProblems(`${field}.${name}`, name, amount))
}

function cidrProblems({ podCIDRs }: NodeSpec): readonly StatusCause[] {
  return (podCIDRs ?? []).flatMap((cidr, i) =>
    isCidr(cidr) ? [] : [invalidText(`spec.podCIDRs[${i}]`, goValue(podCIDRs), 'must be valid CIDR')],
  )
}

function changeProblems(next: NodeSpec, old: NodeSpec, minor: number): readonly StatusCause[] {
  const cidrs = old.podCIDRs?.length && !sameJson(old.podCIDRs, next.podCIDRs)
  const provider = old.providerID && old.providerID !== next.providerID
  const all = minor >= 22 ? changeable.replace(' (or configSource, if the DynamicKubeletConfig feature gate is enabled)', '') : changeable
  return [
    ...(cidrs ? [forbiddenValue('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')] : []),
    ...(provider ? [forbiddenValue('spec.providerID', 'node updates may not change providerID except from "" to valid')] : []),
    // An empty path is printed so.
    ...(cidrs || provider || next.externalID !== old.externalID ? [forbiddenValue('[]', all)] : []),
  ]
}
