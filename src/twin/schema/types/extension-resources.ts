import type { ResourceRow } from './resource-row.ts'

const scope = 'Cluster'
const categories = ['api-extensions']

/** Of `admissionregistration.k8s.io`. */
export const admissionResources: readonly ResourceRow[] = [
  { plural: 'mutatingadmissionpolicies', kind: 'MutatingAdmissionPolicy', scope, categories, versions: { v1: [36] } },
  { plural: 'mutatingadmissionpolicybindings', kind: 'MutatingAdmissionPolicyBinding', scope, categories, versions: { v1: [36] } },
  {
    plural: 'mutatingwebhookconfigurations',
    kind: 'MutatingWebhookConfiguration',
    scope,
    categories,
    versions: { v1: [16], v1beta1: [9, 21] },
  },
  {
    plural: 'validatingadmissionpolicies',
    kind: 'ValidatingAdmissionPolicy',
    scope,
    categories,
    versions: { v1: [30] },
    subresources: ['status'],
  },
  { plural: 'validatingadmissionpolicybindings', kind: 'ValidatingAdmissionPolicyBinding', scope, categories, versions: { v1: [30] } },
  {
    plural: 'validatingwebhookconfigurations',
    kind: 'ValidatingWebhookConfiguration',
    scope,
    categories,
    versions: { v1: [16], v1beta1: [9, 21] },
  },
]

/** Of `apiextensions.k8s.io`. */
export const apiExtensionsResources: readonly ResourceRow[] = [
  {
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    scope,
    shortNames: ['crd', 'crds'],
    categories,
    versions: { v1: [16], v1beta1: [7, 21] },
    subresources: ['status'],
  },
]

/** Of `apiregistration.k8s.io`. */
export const apiRegistrationResources: readonly ResourceRow[] = [
  {
    plural: 'apiservices',
    kind: 'APIService',
    scope,
    categories,
    versions: { v1: [10], v1beta1: [7, 21] },
    subresources: ['status'],
  },
]

const flowControlVersions = { v1: [29], v1beta3: [26, 31], v1beta2: [23, 28], v1beta1: [20, 25] } as const

/** Of `flowcontrol.apiserver.k8s.io`. */
export const flowControlResources: readonly ResourceRow[] = [
  { plural: 'flowschemas', kind: 'FlowSchema', scope, versions: flowControlVersions, subresources: ['status'] },
  {
    plural: 'prioritylevelconfigurations',
    kind: 'PriorityLevelConfiguration',
    scope,
    versions: flowControlVersions,
    subresources: ['status'],
  },
]
