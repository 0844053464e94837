type Rule = readonly [groups: readonly string[], resources: readonly string[], verbs: readonly string[], names?: readonly string[]]

const cluster: readonly Rule[] = [
  [['batch'], ['jobs'], ['get', 'list', 'watch']],
  [['apiextensions.k8s.io'], ['customresourcedefinitions'], ['get', 'list', 'watch', 'create', 'patch', 'update']],
  [[''], ['namespaces', 'nodes'], ['get', 'list', 'watch']],
  [[''], ['nodes'], ['update']],
  [[''], ['events'], ['get', 'create', 'patch', 'update']],
  [['coordination.k8s.io'], ['leases'], ['create']],
  [['coordination.k8s.io'], ['leases'], ['get', 'update'], ['system-upgrade-controller']],
  [['upgrade.cattle.io'], ['plans', 'plans/status'], ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete']],
  // of its drainer
  [[''], ['pods/eviction'], ['create']],
  [[''], ['pods'], ['get', 'list', 'delete']],
  [[''], ['nodes'], ['get', 'patch']],
  [['apps'], ['statefulsets', 'daemonsets', 'replicasets'], ['get', 'list']],
]

const own: readonly Rule[] = [
  [['batch'], ['jobs'], ['create', 'delete', 'deletecollection', 'patch', 'update', 'get', 'list', 'watch']],
  [[''], ['secrets'], ['get', 'list', 'watch']],
]

/** What the manifests of system-upgrade-controller v0.20 allow its account, for a user. */
export function sucRoles(user: string, namespace: string): object[] {
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }]
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const roleRef = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: user })
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name: user }, rules: cluster.map(rule) },
    { apiVersion, kind: 'ClusterRoleBinding', metadata: { name: user }, roleRef: roleRef('ClusterRole'), subjects },
    { apiVersion, kind: 'Role', metadata: { name: user, namespace }, rules: own.map(rule) },
    { apiVersion, kind: 'RoleBinding', metadata: { name: user, namespace }, roleRef: roleRef('Role'), subjects },
  ]
}

function rule([apiGroups, resources, verbs, resourceNames]: Rule): object {
  return { apiGroups, resources, verbs, ...(resourceNames === undefined ? {} : { resourceNames }) }
}
