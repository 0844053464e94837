import type { ClusterRole, RoleBinding } from 'kubernetes-types/rbac/v1'
import type { AdmissionRequest, AdmissionStep } from '../../api/admission.ts'
import { storedAs } from '../../api/resource-type.ts'
import { sameJson } from '../../api/same-json.ts'
import { groupResource, notFound, StatusError } from '../../api/status-error.ts'
import type { UserInfo } from '../../api/user-info.ts'
import { as, type DraftObject } from '../../kube-object.ts'
import { type AccessAuthorizer, isMaster } from './access-authorizer.ts'
import type { PolicyRule } from './policy-rule.ts'
import { missingRules, ruleText } from './rule-cover.ts'

const group = 'rbac.authorization.k8s.io'
const everything: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
]

/**
 * Nobody gives rights that they do not have, unless they may `escalate` roles or `bind` them. It looks at the object when all webhooks have
 * changed it and before its fields are checked. Source: Kubernetes, Using RBAC Authorization, privilege escalation prevention.
 */
export function escalationCheck(authorizer: AccessAuthorizer): AdmissionStep {
  return {
    name: 'RbacEscalation',
    concerns: ({ type, operation }) => type.group === group && operation !== 'DELETE',
    mutate(request) {
      check(request, authorizer)
      return request.object
    },
  }
}

function check(request: AdmissionRequest, authorizer: AccessAuthorizer): void {
  const { object, oldObject, operation, user, type } = request
  if (type.group !== group || object === undefined || operation === 'DELETE' || isMaster(user)) return
  if (oldObject !== undefined && onlyMetadataChanges(object, oldObject)) return
  const resource = storedAs(type)
  if (resource === `roles.${group}` || resource === `clusterroles.${group}`) checkRole(request, object, authorizer)
  else checkBinding(request, object, authorizer)
}

/** What the garbage collector writes gives nobody anything. */
function onlyMetadataChanges(next: DraftObject, old: DraftObject): boolean {
  const { metadata: _metadata, apiVersion: _apiVersion, kind: _kind, ...fields } = next
  const { metadata: _oldMetadata, apiVersion: _oldApiVersion, kind: _oldKind, ...oldFields } = old
  return sameJson(fields, oldFields) && sameJson(next.metadata?.labels ?? {}, old.metadata?.labels ?? {})
}

function checkRole(request: AdmissionRequest, object: DraftObject, authorizer: AccessAuthorizer): void {
  const { user, type, namespace } = request
  const name = nameOf(request, object)
  const place = namespace === undefined ? {} : { namespace }
  const resource = { group, version: 'v1', plural: type.plural, name, ...place }
  if (authorizer.authorize(user, { verb: 'escalate', path: '', resource }).allowed) return
  const { rules = [], aggregationRule } = as<ClusterRole>(object)
  refuseMissing(request, name, missingOf(user, namespace, rules as readonly PolicyRule[], authorizer))
  if (aggregationRule && missingOf(user, undefined, everything, authorizer).length > 0) {
    throw refusal(request, name, 'must have cluster-admin privileges to use the aggregationRule')
  }
}

function checkBinding(request: AdmissionRequest, object: DraftObject, authorizer: AccessAuthorizer): void {
  const { user, namespace } = request
  const { roleRef } = as<RoleBinding>(object)
  const kind = roleRef?.kind
  // What is wrong with it otherwise is said by validation.
  if (!roleRef?.name || (kind !== 'Role' && kind !== 'ClusterRole')) return
  const plural = kind === 'Role' ? 'roles' : 'clusterroles'
  const place = namespace === undefined ? {} : { namespace }
  const resource = { group, version: 'v1', plural, name: roleRef.name, ...place }
  if (authorizer.authorize(user, { verb: 'bind', path: '', resource }).allowed) return
  const rules = authorizer.rbac.rulesOfRole(roleRef, namespace)
  if (rules === undefined) throw notFound({ group, plural, name: roleRef.name })
  refuseMissing(request, nameOf(request, object), missingOf(user, namespace, rules, authorizer))
}

function missingOf(
  user: UserInfo,
  namespace: string | undefined,
  wanted: readonly PolicyRule[],
  { rbac }: AccessAuthorizer,
): readonly PolicyRule[] {
  const owned = rbac.rulesOf(user, namespace).rules.map(({ rule }) => rule)
  return missingRules(owned, wanted)
}

function refuseMissing(request: AdmissionRequest, name: string, missing: readonly PolicyRule[]): void {
  if (missing.length === 0) return
  const { username, groups } = request.user
  const who = `user ${JSON.stringify(username)} (groups=[${groups.map((one) => JSON.stringify(one)).join(' ')}])`
  const lines = missing.map(ruleText).join('\n')
  throw refusal(request, name, `${who} is attempting to grant RBAC permissions not currently held:\n${lines}`)
}

function refusal({ type }: AdmissionRequest, name: string, why: string): StatusError {
  const message = `${groupResource(type.group, type.plural)} ${JSON.stringify(name)} is forbidden: ${why}`
  return new StatusError(403, 'Forbidden', message, { name, group, kind: type.plural })
}

function nameOf({ name }: AdmissionRequest, object: DraftObject): string {
  return name || (object.metadata?.name ?? '')
}
