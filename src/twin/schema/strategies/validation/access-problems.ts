import type { ClusterRole, PolicyRule, RoleBinding, Subject } from 'kubernetes-types/rbac/v1'
import { dnsSubdomainProblem } from '../../../../core/kubernetes/dns-name.ts'
import { requiredValue } from '../../../api/field-problem.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { goValue, invalidText, problem, unsupportedValue } from './refusal.ts'

const group = 'rbac.authorization.k8s.io'

/** Where a role or a binding applies. */
export type Scope = 'Namespace' | 'Cluster'

/** Why a Role or ClusterRole is refused. Source: Kubernetes, Using RBAC Authorization. */
export function roleProblems({ rules, aggregationRule }: ClusterRole, scope: Scope): readonly StatusCause[] {
  const field = 'aggregationRule.clusterRoleSelectors'
  const unselective = aggregationRule && !aggregationRule.clusterRoleSelectors?.length
  return [
    ...(rules ?? []).flatMap((rule, i) => ruleProblems(`rules[${i}]`, rule, scope)),
    ...(unselective ? [requiredValue(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil')] : []),
  ]
}

function ruleProblems(field: string, rule: PolicyRule, scope: Scope): readonly StatusCause[] {
  const verbs = rule.verbs?.length ? [] : [requiredValue(`${field}.verbs`, 'verbs must contain at least one value')]
  if (rule.nonResourceURLs?.length) return [...verbs, ...urlProblems(`${field}.nonResourceURLs`, rule, scope)]
  return [
    ...verbs,
    ...(rule.apiGroups?.length ? [] : [requiredValue(`${field}.apiGroups`, 'resource rules must supply at least one api group')]),
    ...(rule.resources?.length ? [] : [requiredValue(`${field}.resources`, 'resource rules must supply at least one resource')]),
  ]
}

function urlProblems(
  field: string,
  { nonResourceURLs, apiGroups, resources, resourceNames }: PolicyRule,
  scope: Scope,
): readonly StatusCause[] {
  const text = goValue(nonResourceURLs)
  const both = apiGroups?.length || resources?.length || resourceNames?.length
  return [
    ...(scope === 'Namespace' ? [invalidText(field, text, 'namespaced rules cannot apply to non-resource URLs')] : []),
    ...(both ? [invalidText(field, text, 'rules cannot apply to both regular resources and non-resource URLs')] : []),
  ]
}

/** Why a RoleBinding or ClusterRoleBinding is refused; the role it gives is settled. */
export function bindingProblems(next: RoleBinding, old: RoleBinding | undefined, scope: Scope): readonly StatusCause[] {
  const { apiGroup = '', kind = '', name = '' } = next.roleRef ?? {}
  const kinds = scope === 'Namespace' ? ['Role', 'ClusterRole'] : ['ClusterRole']
  return [
    ...(apiGroup === group ? [] : [unsupportedValue('roleRef.apiGroup', apiGroup, [group])]),
    ...(kinds.includes(kind) ? [] : [unsupportedValue('roleRef.kind', kind, kinds)]),
    ...(name === '' ? [requiredValue('roleRef.name')] : []),
    ...(next.subjects ?? []).flatMap((subject, i) => subjectProblems(`subjects[${i}]`, subject, scope)),
    ...(old === undefined || sameJson(next.roleRef, old.roleRef) ? [] : [changedRole({ apiGroup, kind, name })]),
  ]
}

function changedRole({ apiGroup, kind, name }: RoleBinding['roleRef']): StatusCause {
  const text = `rbac.RoleRef{APIGroup:${JSON.stringify(apiGroup)}, Kind:${JSON.stringify(kind)}, Name:${JSON.stringify(name)}}`
  return invalidText('roleRef', text, 'cannot change roleRef')
}

function subjectProblems(field: string, { kind = '', name = '', apiGroup = '', namespace }: Subject, scope: Scope): readonly StatusCause[] {
  const nameless = name === '' ? [requiredValue(`${field}.name`)] : []
  switch (kind) {
    case 'ServiceAccount':
      return [
        ...nameless,
        ...(name === '' ? [] : problem(`${field}.name`, name, dnsSubdomainProblem(name))),
        ...(apiGroup === '' ? [] : [unsupportedValue(`${field}.apiGroup`, apiGroup, [''])]),
        ...(scope === 'Cluster' && !namespace ? [requiredValue(`${field}.namespace`)] : []),
      ]
    case 'User':
    case 'Group':
      return [...nameless, ...(apiGroup === group ? [] : [unsupportedValue(`${field}.apiGroup`, apiGroup, [group])])]
    default:
      return [...nameless, unsupportedValue(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group'])]
  }
}
