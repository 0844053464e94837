import type { ClusterRole, RoleBinding, Subject } from 'kubernetes-types/rbac/v1'
import type { AccessDecision, RequestAttributes } from '../../api/http/access.ts'
import type { UserInfo } from '../../api/user-info.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { grants, type PolicyRule } from './policy-rule.ts'

const group = 'rbac.authorization.k8s.io'
const resources = {
  clusterRoles: `clusterroles.${group}`,
  roles: `roles.${group}`,
  clusterRoleBindings: `clusterrolebindings.${group}`,
  roleBindings: `rolebindings.${group}`,
}
const all: ReadonlySet<string> = new Set(Object.values(resources))
/** So many sets of rules are kept; when there are more users and namespaces, they are found again. */
const mostKept = 20_000

/** A rule that somebody has, and through which binding. */
export interface GrantedRule {
  readonly rule: PolicyRule
  /** `RBAC: allowed by …` without the beginning. */
  readonly by: string
}

/** The rules of somebody in one place, with what could not be found out about them. */
export interface GrantedRules {
  readonly rules: readonly GrantedRule[]
  readonly problems: readonly string[]
}

export interface RoleRef {
  readonly kind: string
  readonly name: string
}

/** Decides by Roles, ClusterRoles and their bindings. Source: Kubernetes, Using RBAC Authorization. */
export class RbacAuthorizer {
  readonly #store: ObjectStore
  readonly #clusterBindings: Index
  readonly #bindings: Index
  readonly #kept = new Map<string, GrantedRules>()

  constructor(store: ObjectStore) {
    this.#store = store
    this.#clusterBindings = store.index(resources.clusterRoleBindings, subjectKeys)
    this.#bindings = store.index(resources.roleBindings, (binding) =>
      subjectKeys(binding).map((key) => inNamespace(binding.metadata.namespace, key)),
    )
    store.subscribe(({ resource }) => {
      if (all.has(resource)) this.#kept.clear()
    })
  }

  authorize(user: UserInfo, attributes: RequestAttributes): AccessDecision {
    const { rules, problems } = this.rulesOf(user, attributes.resource?.namespace)
    const granted = rules.find(({ rule }) => grants(rule, attributes))
    if (granted !== undefined) return { allowed: true, reason: `RBAC: allowed by ${granted.by}` }
    if (problems.length === 0) return { allowed: false }
    return { allowed: false, reason: `RBAC: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}` }
  }

  /** Of the whole cluster, and of one namespace where one is named. */
  rulesOf(user: UserInfo, namespace: string | undefined): GrantedRules {
    const key = JSON.stringify([user.username, user.groups, namespace])
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const found = this.#find(user, namespace)
    if (this.#kept.size >= mostKept) this.#kept.clear()
    this.#kept.set(key, found)
    return found
  }

  /** What a role grants; `undefined` when there is none. */
  rulesOfRole({ kind, name }: RoleRef, namespace: string | undefined): readonly PolicyRule[] | undefined {
    const role =
      kind === 'Role' ? this.#store.get(resources.roles, namespace, name) : this.#store.get(resources.clusterRoles, undefined, name)
    return role === undefined ? undefined : ((as<ClusterRole>(role).rules ?? []) as readonly PolicyRule[])
  }

  #find(user: UserInfo, namespace: string | undefined): GrantedRules {
    const keys = [`User ${user.username}`, ...user.groups.map((name) => `Group ${name}`)]
    const cluster = bindingsOf(this.#clusterBindings, keys)
    const localKeys = namespace === undefined ? [] : keys.map((key) => inNamespace(namespace, key))
    const local = bindingsOf(this.#bindings, localKeys)
    const rules: GrantedRule[] = []
    const problems: string[] = []
    for (const binding of [...cluster, ...local]) {
      const { roleRef } = as<RoleBinding>(binding)
      const granted = this.rulesOfRole(roleRef, binding.metadata.namespace)
      if (granted === undefined) problems.push(`${roleRef.kind.toLowerCase()}.${group} ${JSON.stringify(roleRef.name)} not found`)
      const by = `${bindingText(binding)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subjectText(binding, keys)}`
      for (const rule of granted ?? []) rules.push({ rule, by })
    }
    return { rules, problems }
  }
}

function bindingsOf(index: Index, keys: readonly string[]): readonly KubeObject[] {
  const found = new Set(keys.flatMap((key) => index.get(key)))
  return [...found].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
}

function subjectKeys(binding: KubeObject): readonly string[] {
  return (as<RoleBinding>(binding).subjects ?? []).map((subject) => subjectKey(subject, binding.metadata.namespace))
}

/** A service account is the user that it authenticates as. */
function subjectKey({ kind, name, namespace }: Subject, place: string | undefined): string {
  return kind === 'ServiceAccount' ? `User system:serviceaccount:${namespace ?? place ?? ''}:${name}` : `${kind} ${name}`
}

function inNamespace(namespace: string | undefined, key: string): string {
  return `${namespace ?? ''}/${key}`
}

function bindingText({ metadata: { name, namespace } }: KubeObject): string {
  return namespace === undefined ? `ClusterRoleBinding ${JSON.stringify(name)}` : `RoleBinding ${JSON.stringify(`${name}/${namespace}`)}`
}

function subjectText(binding: KubeObject, keys: readonly string[]): string {
  const place = binding.metadata.namespace
  const subject = (as<RoleBinding>(binding).subjects ?? []).find((one) => keys.includes(subjectKey(one, place)))
  if (subject === undefined) return ''
  const { kind, name, namespace = place } = subject
  return `${kind} ${JSON.stringify(kind === 'ServiceAccount' ? `${name}/${namespace}` : name)}`
}
