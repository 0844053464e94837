import type { ResourceRow } from './resource-row.ts'

const scope = 'Cluster'
const verbs = 'CreateOnly'

/** Of `rbac.authorization.k8s.io`. */
export const rbacResources: readonly ResourceRow[] = [
  { plural: 'clusterrolebindings', kind: 'ClusterRoleBinding', scope, versions: { v1: [8], v1beta1: [6, 21] } },
  { plural: 'clusterroles', kind: 'ClusterRole', scope, versions: { v1: [8], v1beta1: [6, 21] } },
  { plural: 'rolebindings', kind: 'RoleBinding', versions: { v1: [8], v1beta1: [6, 21] } },
  { plural: 'roles', kind: 'Role', versions: { v1: [8], v1beta1: [6, 21] } },
]

/** Of `authentication.k8s.io`. */
export const authenticationResources: readonly ResourceRow[] = [
  { plural: 'selfsubjectreviews', kind: 'SelfSubjectReview', scope, versions: { v1: [28] }, verbs },
  { plural: 'tokenreviews', kind: 'TokenReview', scope, versions: { v1: [6], v1beta1: [4, 21] }, verbs },
]

/** Of `authorization.k8s.io`. */
export const authorizationResources: readonly ResourceRow[] = [
  { plural: 'localsubjectaccessreviews', kind: 'LocalSubjectAccessReview', versions: { v1: [6], v1beta1: [2, 21] }, verbs },
  { plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview', scope, versions: { v1: [6], v1beta1: [2, 21] }, verbs },
  { plural: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview', scope, versions: { v1: [8], v1beta1: [8, 21] }, verbs },
  { plural: 'subjectaccessreviews', kind: 'SubjectAccessReview', scope, versions: { v1: [6], v1beta1: [2, 21] }, verbs },
]

/** Of `certificates.k8s.io`. */
export const certificatesResources: readonly ResourceRow[] = [
  {
    plural: 'certificatesigningrequests',
    kind: 'CertificateSigningRequest',
    scope,
    shortNames: ['csr'],
    versions: { v1: [19], v1beta1: [12, 21] },
    subresources: ['approval', 'status'],
  },
]
