import type { DraftObject } from '../../../kube-object.ts'
import type { PolicyRule } from '../policy-rule.ts'

/** A rule in one line. */
export type RuleRow =
  | { readonly groups: string; readonly resources: string; readonly verbs: string; readonly names?: string; readonly minors?: Minors }
  | { readonly urls: string; readonly verbs: string; readonly minors?: Minors }

/** The first and the last minor of Kubernetes 1 that has it. */
type Minors = readonly [from: number, to?: number]

/** A ClusterRole that every cluster has. Lists are parted by blanks; `core` is the group without a name. */
export interface ClusterRoleRow {
  readonly name: string
  readonly rules?: readonly RuleRow[]
  /** The role is a part of this other one. */
  readonly aggregatesTo?: string
  /** The role is made of those that say they are its parts. */
  readonly isAggregate?: true
  /** Who has it in the whole cluster: `Group system:authenticated`, `ServiceAccount kube-system/kube-dns`. */
  readonly subjects?: readonly string[]
  readonly minors?: Minors
}

export const read = 'get list watch'
export const write = 'create delete deletecollection patch update'

/** Labels and annotations of what the API server brings along. */
export const bootstrapMetadata = {
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
}

/** The rules of a row in one release. */
export function rulesOfRow({ rules = [] }: ClusterRoleRow, minor: number): readonly PolicyRule[] {
  return rules.filter(({ minors }) => isIn(minors, minor)).map(policyRule)
}

function policyRule(row: RuleRow): PolicyRule {
  const verbs = row.verbs.split(' ')
  if ('urls' in row) return { nonResourceURLs: row.urls.split(' '), verbs }
  const names = row.names === undefined ? {} : { resourceNames: row.names.split(' ') }
  const apiGroups = row.groups.split(' ').map((group) => (group === 'core' ? '' : group))
  return { verbs, apiGroups, resources: row.resources.split(' '), ...names }
}

/** Whether a release has something. */
export function isIn([from, to = Number.POSITIVE_INFINITY]: Minors = [0], minor: number): boolean {
  return from <= minor && minor <= to
}

const rbacGroup = 'rbac.authorization.k8s.io'

/** The ClusterRoleBinding of a row; `undefined` where nobody has the role from the beginning. */
export function bindingOfRow({ name, subjects }: ClusterRoleRow): DraftObject | undefined {
  if (subjects === undefined) return undefined
  return {
    metadata: { name, ...bootstrapMetadata },
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
    subjects: subjects.map(subjectOf),
  }
}

function subjectOf(text: string) {
  const [kind = '', name = ''] = text.split(' ')
  if (kind !== 'ServiceAccount') return { apiGroup: rbacGroup, kind, name }
  const [namespace = '', account = ''] = name.split('/')
  return { kind, name: account, namespace }
}
