import { createMissing } from '../../../create-missing.ts'
import type { DraftObject } from '../../../kube-object.ts'
import type { TwinClient } from '../../../twin-client.ts'
import { aggregatedRules } from '../aggregated-rules.ts'
import { componentRoles } from './component-roles.ts'
import { bindingOfRow, bootstrapMetadata, type ClusterRoleRow, isIn, rulesOfRow } from './role-row.ts'
import { userRoles } from './user-roles.ts'

const group = 'rbac.authorization.k8s.io'

/** Gives a cluster the roles and bindings that every cluster has; what is there already, from a snapshot, stays as it is. */
export async function bootstrapPolicy(client: TwinClient, minor: number): Promise<void> {
  const rows = [...userRoles, ...componentRoles].filter(({ minors }) => isIn(minors, minor))
  for (const role of clusterRoles(rows, minor)) await createMissing(client, `clusterroles.${group}`, role)
  for (const row of rows) {
    const binding = bindingOfRow(row)
    if (binding !== undefined) await createMissing(client, `clusterrolebindings.${group}`, binding)
  }
  await createMissing(client, `roles.${group}`, authenticationReader)
  await createMissing(client, `rolebindings.${group}`, authenticationReaders)
}

/** Aggregates have their rules from the beginning: parts come before what is made of them. */
function clusterRoles(rows: readonly ClusterRoleRow[], minor: number): readonly DraftObject[] {
  const plain = rows.filter(({ isAggregate }) => isAggregate === undefined).map((row) => roleOfRow(row, minor))
  const aggregates = rows.filter(({ isAggregate }) => isAggregate === true).map((row) => roleOfRow(row, minor))
  let roles: readonly DraftObject[] = plain
  // The smaller ones are parts of the bigger ones, and the table has the biggest first.
  for (const role of aggregates.toReversed()) roles = [...roles, { ...role, rules: aggregatedRules(role, roles) }]
  return roles
}

function roleOfRow(row: ClusterRoleRow, minor: number): DraftObject {
  const label = (to: string) => `rbac.authorization.k8s.io/aggregate-to-${to}`
  const labels = row.aggregatesTo === undefined ? {} : { [label(row.aggregatesTo)]: 'true' }
  return {
    metadata: { name: row.name, ...bootstrapMetadata, labels: { ...bootstrapMetadata.labels, ...labels } },
    ...(row.isAggregate ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label(row.name)]: 'true' } }] } } : {}),
    rules: rulesOfRow(row, minor),
  }
}

const readerName = 'extension-apiserver-authentication-reader'

/** What API servers behind this one need. */
const authenticationReader: DraftObject = {
  metadata: { name: readerName, namespace: 'kube-system', ...bootstrapMetadata },
  rules: [
    { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['extension-apiserver-authentication'] },
  ],
}

const authenticationReaders: DraftObject = {
  metadata: { name: `system::${readerName}`, namespace: 'kube-system', ...bootstrapMetadata },
  roleRef: { apiGroup: group, kind: 'Role', name: readerName },
  subjects: ['system:kube-controller-manager', 'system:kube-scheduler'].map((name) => ({ apiGroup: group, kind: 'User', name })),
}
