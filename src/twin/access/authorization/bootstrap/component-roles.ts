import { type ClusterRoleRow, type RuleRow, read } from './role-row.ts'

const events: RuleRow = { groups: 'core events.k8s.io', resources: 'events', verbs: 'create patch update' }
const reviews: readonly RuleRow[] = [
  { groups: 'authentication.k8s.io', resources: 'tokenreviews', verbs: 'create' },
  { groups: 'authorization.k8s.io', resources: 'subjectaccessreviews', verbs: 'create' },
]

function leader(name: string): readonly RuleRow[] {
  return [
    { groups: 'coordination.k8s.io', resources: 'leases', verbs: 'create' },
    { groups: 'coordination.k8s.io', resources: 'leases', names: name, verbs: 'get update' },
    { groups: 'core', resources: 'endpoints', verbs: 'create', minors: [0, 20] },
    { groups: 'core', resources: 'endpoints', names: name, verbs: 'get update', minors: [0, 20] },
  ]
}

/** What a kubelet may do; also used by the Node authorizer. Source: Kubernetes, Using Node Authorization; a real API server 1.20. */
export const nodeRole: ClusterRoleRow = {
  name: 'system:node',
  rules: [
    { groups: 'authentication.k8s.io', resources: 'tokenreviews', verbs: 'create' },
    { groups: 'authorization.k8s.io', resources: 'localsubjectaccessreviews subjectaccessreviews', verbs: 'create' },
    { groups: 'core', resources: 'services', verbs: read },
    { groups: 'core', resources: 'nodes', verbs: `create ${read}` },
    { groups: 'core', resources: 'nodes/status', verbs: 'patch update' },
    { groups: 'core', resources: 'nodes', verbs: 'patch update' },
    { groups: 'core', resources: 'events', verbs: 'create patch update' },
    { groups: 'core', resources: 'pods', verbs: read },
    { groups: 'core', resources: 'pods', verbs: 'create delete' },
    { groups: 'core', resources: 'pods/status', verbs: 'patch update' },
    { groups: 'core', resources: 'pods/eviction', verbs: 'create' },
    { groups: 'core', resources: 'configmaps secrets', verbs: read },
    { groups: 'core', resources: 'persistentvolumeclaims persistentvolumes', verbs: 'get' },
    { groups: 'core', resources: 'endpoints', verbs: 'get' },
    { groups: 'certificates.k8s.io', resources: 'certificatesigningrequests', verbs: `create ${read}` },
    { groups: 'coordination.k8s.io', resources: 'leases', verbs: 'create delete get patch update' },
    { groups: 'storage.k8s.io', resources: 'volumeattachments', verbs: 'get' },
    { groups: 'core', resources: 'serviceaccounts/token', verbs: 'create' },
    { groups: 'core', resources: 'persistentvolumeclaims/status', verbs: 'get patch update' },
    { groups: 'storage.k8s.io', resources: 'csidrivers', verbs: read },
    { groups: 'storage.k8s.io', resources: 'csinodes', verbs: 'create delete get patch update' },
    { groups: 'node.k8s.io', resources: 'runtimeclasses', verbs: read },
  ],
  subjects: [],
}

/** Roles of the parts of a cluster. Source: Kubernetes, Using RBAC Authorization, core component roles; a real API server 1.20. */
export const componentRoles: readonly ClusterRoleRow[] = [
  nodeRole,
  {
    name: 'system:kube-controller-manager',
    rules: [
      events,
      ...leader('kube-controller-manager'),
      { groups: 'core', resources: 'secrets serviceaccounts', verbs: 'create' },
      { groups: 'core', resources: 'secrets', verbs: 'delete' },
      { groups: 'core', resources: 'configmaps namespaces secrets serviceaccounts', verbs: 'get' },
      { groups: 'core', resources: 'secrets serviceaccounts', verbs: 'update' },
      ...reviews,
      { groups: '*', resources: '*', verbs: 'list watch' },
      { groups: 'core', resources: 'serviceaccounts/token', verbs: 'create' },
    ],
    subjects: ['User system:kube-controller-manager'],
  },
  {
    name: 'system:kube-scheduler',
    rules: [
      events,
      ...leader('kube-scheduler'),
      { groups: 'core', resources: 'nodes', verbs: read },
      { groups: 'core', resources: 'pods', verbs: `delete ${read}` },
      { groups: 'core', resources: 'bindings pods/binding', verbs: 'create' },
      { groups: 'core', resources: 'pods/status', verbs: 'patch update' },
      { groups: 'core', resources: 'replicationcontrollers services', verbs: read },
      { groups: 'apps extensions', resources: 'replicasets', verbs: read },
      { groups: 'apps', resources: 'statefulsets', verbs: read },
      { groups: 'policy', resources: 'poddisruptionbudgets', verbs: read },
      { groups: 'core', resources: 'persistentvolumeclaims persistentvolumes', verbs: read },
      ...reviews,
      { groups: 'storage.k8s.io', resources: 'csinodes', verbs: read },
    ],
    subjects: ['User system:kube-scheduler'],
  },
  {
    name: 'system:node-proxier',
    rules: [
      { groups: 'core', resources: 'endpoints services', verbs: 'list watch' },
      { groups: 'core', resources: 'nodes', verbs: read },
      events,
      { groups: 'discovery.k8s.io', resources: 'endpointslices', verbs: 'list watch' },
    ],
    subjects: ['User system:kube-proxy'],
  },
  {
    name: 'system:node-bootstrapper',
    rules: [{ groups: 'certificates.k8s.io', resources: 'certificatesigningrequests', verbs: `create ${read}` }],
  },
  {
    name: 'system:node-problem-detector',
    rules: [{ groups: 'core', resources: 'nodes', verbs: 'get' }, { groups: 'core', resources: 'nodes/status', verbs: 'patch' }, events],
  },
  {
    name: 'system:kubelet-api-admin',
    rules: [
      { groups: 'core', resources: 'nodes', verbs: read },
      { groups: 'core', resources: 'nodes', verbs: 'proxy' },
      { groups: 'core', resources: 'nodes/log nodes/metrics nodes/proxy nodes/spec nodes/stats', verbs: '*' },
    ],
  },
  {
    name: 'system:kube-dns',
    rules: [{ groups: 'core', resources: 'endpoints services', verbs: 'list watch' }],
    subjects: ['ServiceAccount kube-system/kube-dns'],
  },
  {
    name: 'system:volume-scheduler',
    rules: [
      { groups: 'core', resources: 'persistentvolumes', verbs: `${read} patch update` },
      { groups: 'storage.k8s.io', resources: 'storageclasses', verbs: read },
      { groups: 'core', resources: 'persistentvolumeclaims', verbs: `${read} patch update` },
    ],
    subjects: ['User system:kube-scheduler'],
  },
  {
    name: 'system:persistent-volume-provisioner',
    rules: [
      { groups: 'core', resources: 'persistentvolumes', verbs: `create delete ${read}` },
      { groups: 'core', resources: 'persistentvolumeclaims', verbs: `${read} update` },
      { groups: 'storage.k8s.io', resources: 'storageclasses', verbs: read },
      { groups: 'core', resources: 'events', verbs: 'watch' },
      events,
    ],
  },
]
