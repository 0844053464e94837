import type { DraftObject } from '../../kube-object.ts'
import { changeField, changeItems, type Fields, fieldsOf, fill, without } from './json-fields.ts'
import { canonicalQuantities } from './resource-quantities.ts'

/** A Secret: `stringData` goes into `data`, which is Base64 of UTF-8. Source: Kubernetes API reference, Secret. */
export function secretDefaults(draft: DraftObject): DraftObject {
  const plain = fieldsOf(draft.stringData)
  const typed = fill(draft, { type: 'Opaque' })
  if (plain === undefined) return typed
  const encoded = Object.entries(plain).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')])
  return { ...without(typed, ['stringData']), data: { ...fieldsOf(draft.data), ...Object.fromEntries(encoded) } }
}

/** Every namespace is labelled with its own name, since 1.21. Source: Kubernetes, Automatic labelling. */
export function namespaceDefaults(draft: DraftObject, minor: number): DraftObject {
  const name = draft.metadata?.name
  if (minor < 21 || !name || draft.metadata?.labels?.['kubernetes.io/metadata.name'] === name) return draft
  return { ...draft, metadata: { ...draft.metadata, labels: { ...draft.metadata?.labels, 'kubernetes.io/metadata.name': name } } }
}

/** Source: Kubernetes API reference, Endpoints. */
export function endpointsDefaults(draft: DraftObject): DraftObject {
  return changeItems(draft, 'subsets', (subset) => changeItems(subset, 'ports', (port) => fill(port, { protocol: 'TCP' })))
}

/** Source: Kubernetes API reference, EndpointSlice. */
export function endpointSliceDefaults(draft: DraftObject): DraftObject {
  const conditioned = changeItems(draft, 'endpoints', (endpoint) => fill(endpoint, { conditions: {} }))
  return changeItems(conditioned, 'ports', (port) => namedPort(fill(port, { protocol: 'TCP' })))
}

function namedPort(port: Fields): Fields {
  return 'name' in port ? port : { name: '', ...port }
}

/** Source: Kubernetes API reference, NetworkPolicy. */
export function networkPolicyDefaults(draft: DraftObject): DraftObject {
  return changeField(draft, 'spec', (spec) => {
    const types = Array.isArray(spec.egress) && spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
    const rule = (fields: Fields) => changeItems(fields, 'ports', (port) => fill(port, { protocol: 'TCP' }))
    return changeItems(changeItems(fill(spec, { policyTypes: types }), 'ingress', rule), 'egress', rule)
  })
}

/** Subjects and role belong to RBAC's group unless told otherwise. Source: Kubernetes API reference, RoleBinding. */
export function roleBindingDefaults(draft: DraftObject): DraftObject {
  const subjects = changeItems(draft, 'subjects', (subject) =>
    subject.kind === 'ServiceAccount' ? subject : fill(subject, { apiGroup: 'rbac.authorization.k8s.io' }),
  )
  return changeField(subjects, 'roleRef', (role) => fill(role, { apiGroup: 'rbac.authorization.k8s.io' }))
}

/** What a limit range leaves out follows from what it says: a maximum is a default, a default is a request. Source: Kubernetes, Limit Ranges. */
export function limitRangeDefaults(draft: DraftObject): DraftObject {
  return changeField(draft, 'spec', (spec) => changeItems(spec, 'limits', limitDefaults))
}

function limitDefaults(limit: Fields): Fields {
  const parts = ['default', 'defaultRequest', 'max', 'min', 'maxLimitRequestRatio']
  const written = parts.reduce((current, part) => changeField(current, part, canonicalQuantities), limit)
  if (written.type !== 'Container') return written
  const limits = { ...fieldsOf(written.max), ...fieldsOf(written.default) }
  const requests = { ...fieldsOf(written.min), ...limits, ...fieldsOf(written.defaultRequest) }
  return {
    ...written,
    ...(Object.keys(limits).length === 0 ? {} : { default: limits }),
    ...(Object.keys(requests).length === 0 ? {} : { defaultRequest: requests }),
  }
}

/** Source: Kubernetes API reference, ResourceQuota. */
export function quotaDefaults(draft: DraftObject): DraftObject {
  const written = changeField(draft, 'spec', (spec) => changeField(spec, 'hard', canonicalQuantities))
  return changeField(written, 'status', (status) =>
    changeField(changeField(status, 'hard', canonicalQuantities), 'used', canonicalQuantities),
  )
}

/** Source: Kubernetes API reference, Node. */
export function nodeDefaults(draft: DraftObject): DraftObject {
  return changeField(draft, 'status', (status) => {
    const filled = 'capacity' in status ? fill(status, { allocatable: status.capacity }) : status
    return changeField(changeField(filled, 'capacity', canonicalQuantities), 'allocatable', canonicalQuantities)
  })
}
