import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'

/** One verb on one resource, as a role of `deploy/base` gives it. */
export interface Right {
  readonly group: string
  readonly resource: string
  readonly verb: string
  /** A ClusterRole's, or one of the controller's namespace. */
  readonly scope: 'Cluster' | 'Namespace'
}

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

interface RoleObject {
  readonly kind: string
  readonly rules: readonly Rule[]
}

/** The roles of the controller itself, or of its drains. */
function baseRoles(of: 'Controller' | 'Drain'): readonly RoleObject[] {
  const file = of === 'Controller' ? 'deploy/base/rbac-controller.yaml' : 'deploy/base/rbac-drain.yaml'
  const objects = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as RoleObject)
  return objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
}

/** Every right once, in the order of the file. */
export function baseRights(of: 'Controller' | 'Drain'): readonly Right[] {
  const all = baseRoles(of).flatMap(({ kind, rules }) =>
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.map((verb): Right => ({ group, resource, verb, scope: kind === 'Role' ? 'Namespace' : 'Cluster' })),
        ),
      ),
    ),
  )
  return [...new Map(all.map((right) => [nameOf(right), right])).values()]
}

/** `patch nodes`; Plans are listed and watched in the own namespace and, for other reasons, in all. */
export function nameOf({ verb, resource, scope }: Right): string {
  const isTwice = resource === 'plans' && (verb === 'list' || verb === 'watch')
  return isTwice ? `${verb} ${resource} (${scope})` : `${verb} ${resource}`
}

/** Who gets which roles, and what is left out. */
export interface Grant {
  readonly user: string
  readonly namespace: string
  readonly drains: boolean
  readonly without?: Right
}

/** Roles and bindings, to be applied, that give a user what `deploy/base` gives the controller, but for one right. */
export function roleObjects({ user, namespace, drains, without }: Grant): object[] {
  const roles = [...baseRoles('Controller'), ...(drains ? baseRoles('Drain') : [])]
  const rules = (kind: string) =>
    roles.flatMap((role) => (role.kind === kind ? role.rules : [])).flatMap((rule) => lessRule(rule, kind, without))
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }]
  return [
    { ...rbac('ClusterRole', { name: user }), rules: rules('ClusterRole') },
    { ...rbac('ClusterRoleBinding', { name: user }), roleRef: roleRef('ClusterRole', user), subjects },
    { ...rbac('Role', { name: user, namespace }), rules: rules('Role') },
    { ...rbac('RoleBinding', { name: user, namespace }), roleRef: roleRef('Role', user), subjects },
  ]
}

function rbac(kind: string, metadata: object): object {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata }
}

function roleRef(kind: string, name: string): object {
  return { apiGroup: 'rbac.authorization.k8s.io', kind, name }
}

/** The rule without the verb, or no rule when nothing is left of it. A right of a namespace is left out of cluster roles as well, which give it too. */
function lessRule(rule: Rule, kind: string, without: Right | undefined): Rule[] {
  const concerned =
    without !== undefined &&
    (kind === 'ClusterRole' || without.scope === 'Namespace') &&
    rule.apiGroups.includes(without.group) &&
    rule.resources.includes(without.resource)
  if (!concerned) return [rule]
  const verbs = rule.verbs.filter((verb) => verb !== without.verb)
  return verbs.length === 0 ? [] : [{ ...rule, verbs }]
}
