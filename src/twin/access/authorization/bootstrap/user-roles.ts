import { type ClusterRoleRow, read, write } from './role-row.ts'

const edited = 'persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy'

/** Roles for people and their tools. Source: Kubernetes, Using RBAC Authorization, default roles; a real API server 1.20. */
export const userRoles: readonly ClusterRoleRow[] = [
  {
    name: 'cluster-admin',
    rules: [
      { groups: '*', resources: '*', verbs: '*' },
      { urls: '*', verbs: '*' },
    ],
    subjects: ['Group system:masters'],
  },
  { name: 'admin', isAggregate: true },
  { name: 'edit', isAggregate: true, aggregatesTo: 'admin' },
  { name: 'view', isAggregate: true, aggregatesTo: 'edit' },
  {
    name: 'system:aggregate-to-admin',
    aggregatesTo: 'admin',
    rules: [
      { groups: 'authorization.k8s.io', resources: 'localsubjectaccessreviews', verbs: 'create' },
      { groups: 'rbac.authorization.k8s.io', resources: 'rolebindings roles', verbs: `${write} ${read}` },
    ],
  },
  {
    name: 'system:aggregate-to-edit',
    aggregatesTo: 'edit',
    rules: [
      {
        groups: 'core',
        resources: 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy',
        verbs: read,
      },
      { groups: 'core', resources: 'serviceaccounts', verbs: 'impersonate' },
      { groups: 'core', resources: 'pods pods/attach pods/exec pods/portforward pods/proxy', verbs: write },
      { groups: 'core', resources: 'pods/eviction', verbs: 'create', minors: [22] },
      { groups: 'core', resources: `configmaps endpoints ${edited}`, verbs: write, minors: [0, 21] },
      { groups: 'core', resources: `configmaps ${edited}`, verbs: write, minors: [22] },
      { groups: 'core', resources: 'serviceaccounts/token', verbs: 'create', minors: [22] },
      {
        groups: 'apps',
        resources:
          'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
        verbs: write,
      },
      { groups: 'autoscaling', resources: 'horizontalpodautoscalers', verbs: write },
      { groups: 'batch', resources: 'cronjobs jobs', verbs: write },
      {
        groups: 'extensions',
        resources:
          'daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale ' +
          'replicationcontrollers/scale',
        verbs: write,
      },
      { groups: 'policy', resources: 'poddisruptionbudgets', verbs: write },
      { groups: 'networking.k8s.io', resources: 'ingresses networkpolicies', verbs: write },
    ],
  },
  {
    name: 'system:aggregate-to-view',
    aggregatesTo: 'view',
    rules: [
      {
        groups: 'core',
        resources:
          'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers ' +
          'replicationcontrollers/scale serviceaccounts services services/status',
        verbs: read,
      },
      {
        groups: 'core',
        resources:
          'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas ' +
          'resourcequotas/status',
        verbs: read,
      },
      { groups: 'core', resources: 'namespaces', verbs: read },
      { groups: 'discovery.k8s.io', resources: 'endpointslices', verbs: read, minors: [22] },
      {
        groups: 'apps',
        resources:
          'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets ' +
          'replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
        verbs: read,
      },
      { groups: 'autoscaling', resources: 'horizontalpodautoscalers horizontalpodautoscalers/status', verbs: read },
      { groups: 'batch', resources: 'cronjobs cronjobs/status jobs jobs/status', verbs: read },
      {
        groups: 'extensions',
        resources:
          'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies ' +
          'replicasets replicasets/scale replicasets/status replicationcontrollers/scale',
        verbs: read,
      },
      { groups: 'policy', resources: 'poddisruptionbudgets poddisruptionbudgets/status', verbs: read },
      { groups: 'networking.k8s.io', resources: 'ingresses ingresses/status networkpolicies', verbs: read },
    ],
  },
  {
    name: 'system:basic-user',
    rules: [
      { groups: 'authorization.k8s.io', resources: 'selfsubjectaccessreviews selfsubjectrulesreviews', verbs: 'create' },
      { groups: 'authentication.k8s.io', resources: 'selfsubjectreviews', verbs: 'create', minors: [28] },
    ],
    subjects: ['Group system:authenticated'],
  },
  {
    name: 'system:discovery',
    rules: [{ urls: '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/', verbs: 'get' }],
    subjects: ['Group system:authenticated'],
  },
  {
    name: 'system:public-info-viewer',
    rules: [{ urls: '/healthz /livez /readyz /version /version/', verbs: 'get' }],
    subjects: ['Group system:authenticated', 'Group system:unauthenticated'],
  },
  {
    name: 'system:monitoring',
    rules: [{ urls: '/healthz /healthz/* /livez /livez/* /metrics /readyz /readyz/*', verbs: 'get' }],
    subjects: ['Group system:monitoring'],
  },
  {
    name: 'system:auth-delegator',
    rules: [
      { groups: 'authentication.k8s.io', resources: 'tokenreviews', verbs: 'create' },
      { groups: 'authorization.k8s.io', resources: 'subjectaccessreviews', verbs: 'create' },
    ],
  },
  {
    name: 'system:service-account-issuer-discovery',
    rules: [{ urls: '/.well-known/openid-configuration /openid/v1/jwks', verbs: 'get' }],
    subjects: ['Group system:serviceaccounts'],
    minors: [20],
  },
]
