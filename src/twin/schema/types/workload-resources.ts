import type { ResourceRow } from './resource-row.ts'

const all = ['all']

/** Of `apps`. Source: Kubernetes API reference, and the deprecation guide for what 1.16 took away. */
export const appsResources: readonly ResourceRow[] = [
  { plural: 'controllerrevisions', kind: 'ControllerRevision', versions: { v1: [9], v1beta2: [8, 15], v1beta1: [7, 15] } },
  {
    plural: 'daemonsets',
    kind: 'DaemonSet',
    shortNames: ['ds'],
    categories: all,
    versions: { v1: [9], v1beta2: [8, 15] },
    subresources: ['status'],
  },
  {
    plural: 'deployments',
    kind: 'Deployment',
    shortNames: ['deploy'],
    categories: all,
    versions: { v1: [9], v1beta2: [8, 15], v1beta1: [6, 15] },
    subresources: ['scale', 'status'],
  },
  {
    plural: 'replicasets',
    kind: 'ReplicaSet',
    shortNames: ['rs'],
    categories: all,
    versions: { v1: [9], v1beta2: [8, 15] },
    subresources: ['scale', 'status'],
  },
  {
    plural: 'statefulsets',
    kind: 'StatefulSet',
    shortNames: ['sts'],
    categories: all,
    versions: { v1: [9], v1beta2: [8, 15], v1beta1: [5, 15] },
    subresources: ['scale', 'status'],
  },
]

/** Of `extensions`, the group that others have taken over: the same objects on a second way. Source: Kubernetes deprecation guide, 1.16 and 1.22. */
export const extensionsResources: readonly ResourceRow[] = [
  {
    plural: 'daemonsets',
    kind: 'DaemonSet',
    shortNames: ['ds'],
    versions: { v1beta1: [1, 15] },
    subresources: ['status'],
    keptBy: { group: 'apps', version: 'v1' },
  },
  {
    plural: 'deployments',
    kind: 'Deployment',
    shortNames: ['deploy'],
    versions: { v1beta1: [1, 15] },
    subresources: ['rollback', 'scale', 'status'],
    keptBy: { group: 'apps', version: 'v1' },
  },
  {
    plural: 'ingresses',
    kind: 'Ingress',
    shortNames: ['ing'],
    versions: { v1beta1: [1, 21] },
    subresources: ['status'],
    keptBy: { group: 'networking.k8s.io', version: 'v1' },
  },
  {
    plural: 'networkpolicies',
    kind: 'NetworkPolicy',
    shortNames: ['netpol'],
    versions: { v1beta1: [3, 15] },
    keptBy: { group: 'networking.k8s.io', version: 'v1' },
  },
  {
    plural: 'podsecuritypolicies',
    kind: 'PodSecurityPolicy',
    scope: 'Cluster',
    shortNames: ['psp'],
    versions: { v1beta1: [2, 15] },
    keptBy: { group: 'policy', version: 'v1beta1' },
  },
  {
    plural: 'replicasets',
    kind: 'ReplicaSet',
    shortNames: ['rs'],
    versions: { v1beta1: [2, 15] },
    subresources: ['scale', 'status'],
    keptBy: { group: 'apps', version: 'v1' },
  },
]

/** Of `batch`. */
export const batchResources: readonly ResourceRow[] = [
  {
    plural: 'cronjobs',
    kind: 'CronJob',
    shortNames: ['cj'],
    categories: all,
    versions: { v1: [21], v1beta1: [8, 24] },
    subresources: ['status'],
  },
  { plural: 'jobs', kind: 'Job', categories: all, versions: { v1: [2] }, subresources: ['status'] },
]

/** Of `autoscaling`. */
export const autoscalingResources: readonly ResourceRow[] = [
  {
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    shortNames: ['hpa'],
    categories: all,
    // in the order in which the server prefers them
    versions: { v2: [23], v1: [2], v2beta1: [8, 24], v2beta2: [12, 25] },
    subresources: ['status'],
  },
]

/** Of `policy`. */
export const policyResources: readonly ResourceRow[] = [
  {
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    shortNames: ['pdb'],
    versions: { v1: [21], v1beta1: [5, 24] },
    subresources: ['status'],
  },
  { plural: 'podsecuritypolicies', kind: 'PodSecurityPolicy', scope: 'Cluster', shortNames: ['psp'], versions: { v1beta1: [10, 24] } },
]
